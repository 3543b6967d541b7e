//! The composition root and the other front ends: parses the command line, builds, runs, reports.

mod account;
mod args;
mod choice;
mod chore;
mod demo;
mod doctor;
mod exit;
mod headless;
mod interactive;
mod keeper;
mod link;
mod login;
mod opened;
mod recording;
#[cfg(test)]
mod reference;
mod replay;
mod screen;
mod session;
mod sessions;
mod stage;
mod start;
mod switchboard;
mod terminal;
mod tool;
mod tools;
mod trust;
mod welcome;

use std::process::ExitCode;

use self::{
    args::{AuthCommand, CommandLine, ConfigCommand, HeadlessArgs, LoginArgs, RunArgs, SessionArgs, Subcommands},
    exit::Exit,
    start::{Start, start},
};
use crate::{
    chat::{Problem, ProblemKind},
    config::{Environment, Preset, fault},
    guard::sandbox,
    term,
};

/// Runs the program; the result is its exit code.
#[must_use]
pub fn run() -> ExitCode {
    match std::env::args_os().nth(1) {
        Some(first) if first == sandbox::HELPER => sandbox::helper_main(),
        Some(first) if first == term::watchdog::ARGUMENT => term::watchdog::main(),
        _ => {}
    }
    if cfg!(debug_assertions)
        && let Some(plan) = Environment::collect().var("GLM_TUI_FAULT")
        && let Err(why) = fault::arm(plan)
    {
        exit::tell(&format!("GLM_TUI_FAULT: {why}"));
        return ExitCode::from(Exit::Usage.code());
    }
    let line = match CommandLine::read(std::env::args_os()) {
        Ok(line) => line,
        Err(error) => {
            // Help and version are "errors" that go to standard output and exit 0.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    // One thread carries the loop and the network; what blocks has threads of its own.
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let problem = Problem::new(ProblemKind::Internal, format!("cannot start: {error}"));
            return ExitCode::from(account::fail(&problem.hint("free some memory or file handles")).code());
        }
    };
    let exit = runtime.block_on(Box::pin(dispatch(line)));
    // A blocking thread that still waits for the system (a name lookup) must not hold up the exit.
    runtime.shutdown_background();
    ExitCode::from(exit.code())
}

async fn dispatch(line: CommandLine) -> Exit {
    let run = line.run;
    match line.command {
        Some(Subcommands::Simulate { port, scenario }) => tools::simulate(port, scenario.as_deref()).await,
        Some(Subcommands::Decode { file }) => tools::decode(&file),
        Some(Subcommands::Replay { file }) => replay::run(&file),
        Some(Subcommands::Exec { prompt, headless, session }) => match begin(&run) {
            Ok(start) => ask(start, (&run, &session), &headless, &prompt).await,
            Err(exit) => exit,
        },
        Some(command) => match begin(&run) {
            Ok(start) => subcommand(start, command, &run).await,
            Err(exit) => exit,
        },
        None => match begin(&run) {
            Err(exit) => exit,
            Ok(start) if line.print => ask(start, (&run, &line.session), &line.headless, &line.prompt).await,
            Ok(start) => match choice::of(start, &run, &line.session) {
                Err(exit) => exit,
                Ok((start, wanted)) => {
                    Box::pin(interactive::run(start, run.demo, (wanted, line.prompt.join(" ")))).await
                }
            },
        },
    }
}

fn begin(run: &RunArgs) -> Result<Start, Exit> {
    start(run).map_err(|problem| account::fail(&problem))
}

async fn subcommand(mut start: Start, command: Subcommands, run: &RunArgs) -> Exit {
    let _simulator = match demo_if_asked(&mut start, run) {
        Ok(simulator) => simulator,
        Err(exit) => return exit,
    };
    match command {
        Subcommands::Usage(flag) => account::usage(&start, flag.json).await,
        Subcommands::Models(flag) => account::models(&start, flag.json).await,
        Subcommands::Doctor(flag) => doctor::run(&start, flag.json).await,
        Subcommands::Sessions { what } => sessions::run(&start, what.unwrap_or_default()),
        Subcommands::Login(login) => sign_in(start, login, run).await,
        Subcommands::Logout => account::logout(&start),
        Subcommands::Auth { what: AuthCommand::Status } => account::auth_status(&start),
        Subcommands::Config { what } => tools::config(&start, what.unwrap_or(ConfigCommand::Path)),
        Subcommands::Tool { name, args } => tool::run(&start, name, args).await,
        Subcommands::Exec { .. }
        | Subcommands::Simulate { .. }
        | Subcommands::Decode { .. }
        | Subcommands::Replay { .. } => Exit::Usage,
    }
}

fn demo_if_asked(start: &mut Start, run: &RunArgs) -> Result<Option<demo::Demo>, Exit> {
    if !run.demo {
        return Ok(None);
    }
    demo::start(start).map(Some).map_err(|problem| account::fail(&problem))
}

async fn sign_in(mut start: Start, login: LoginArgs, run: &RunArgs) -> Exit {
    if login.key_stdin {
        let Some(preset) = start::preset(run) else { return Exit::Usage };
        if preset == Preset::Custom || run.base_url.is_some() {
            // Testing it at the service's own address instead would send it where it does not belong.
            let what = "login tests and keeps keys of the service's own addresses, not of another server";
            return account::fail(&Problem::new(ProblemKind::User, what).hint("set GLM_TUI_API_KEY for that server"));
        }
        return login::from_stdin(&start, preset).await;
    }
    match welcome::run(&mut start, true).await {
        Ok(_) => Exit::Ok,
        Err(exit) => exit,
    }
}

async fn ask(
    start: Start,
    (run, session): (&RunArgs, &SessionArgs),
    headless: &HeadlessArgs,
    words: &[String],
) -> Exit {
    let (mut start, wanted) = match choice::unattended(start, run, session) {
        Ok(chosen) => chosen,
        Err(exit) => return exit,
    };
    let _simulator = match demo_if_asked(&mut start, run) {
        Ok(simulator) => simulator,
        Err(exit) => return exit,
    };
    let problems;
    (start.loaded.paths, problems) = start.loaded.paths.clone().prepare();
    start.problems.extend(problems);
    start.problems.iter().for_each(exit::complain);
    if start.loaded.config.endpoint.is_none() {
        let problem = account::no_key(&start);
        if !start.problems.contains(&problem) {
            exit::complain(&problem);
        }
        return Exit::of(&problem);
    }
    headless::run(start, (headless, &wanted), words).await
}
