//! Quota answers of every generation, the gauge and the forecast.

mod alerts;
mod credits;
mod fixture;
mod forecast;
mod gauge;
mod recordings;
mod report;
mod schedule;
mod words;
