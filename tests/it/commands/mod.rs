//! Running commands: output that is hostile or endless, processes that do not want to end, jobs, terminals.
//! The rows OUT, RES and PRC of the fault catalogue that commands must survive, each in every cage.

mod ends;
mod jobs;
mod output;
mod plain;
mod resources;
