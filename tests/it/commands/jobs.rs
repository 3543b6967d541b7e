//! Commands in the background: started there, moved there, looked at, ended, reported.

use glm_tui::{
    chat::{JobId, RunEnd},
    tools::Permit,
};
use serde_json::json;

use crate::support::commands::{Shop, alive, mark, shops, until};

async fn job(shop: &Shop, args: serde_json::Value) -> String {
    shop.call("jobs", args).await.to_model
}

#[tokio::test]
async fn a_job_is_started_looked_at_and_ended() {
    for shop in shops() {
        let mark = mark();
        let line = format!("echo one; until [ -e go ]; do sleep 0.02; done; echo two; sleep {mark}");
        let outcome = shop.call("shell", json!({"command": line, "background": true})).await;
        assert_eq!((outcome.end, outcome.summary.as_str()), (RunEnd::Ok, "job 1"), "{}", outcome.to_model);
        assert!(outcome.to_model.ends_with("one\n"), "{}", outcome.to_model);
        assert!(job(&shop, json!({"action": "list"})).await.starts_with("job 1: running for "));
        assert!(job(&shop, json!({"action": "output", "job": 1})).await.ends_with("(nothing new)\n"));
        std::fs::write(shop.work.join("go"), "").unwrap();
        let cards = shop.toolbox.bench().jobs();
        until(|| cards.borrow().first().filter(|card| card.tail.len() == 2).map(|_| ())).await;
        let told = job(&shop, json!({"action": "output", "job": 1})).await;
        assert!(told.ends_with("two\n") && !told.contains("one\n"), "{told}");
        assert!(job(&shop, json!({"action": "output", "job": 1, "whole": true})).await.ends_with("one\ntwo\n"));
        let told = job(&shop, json!({"action": "kill", "job": 1})).await;
        assert!(told.starts_with("job 1: stopped after "), "{told}");
        assert!(alive(&mark).is_empty());
        until(|| cards.borrow()[0].exit.filter(|code| *code != 0)).await;
        assert!(job(&shop, json!({"action": "output", "job": 7})).await.contains("there is no job 7; there are: 1"));
    }
}

#[tokio::test]
async fn a_running_command_goes_to_the_background_and_its_time_limit_stays_behind() {
    for shop in shops() {
        let line = "echo one; until [ -e go ]; do sleep 0.02; done; echo two; exit 7";
        let args = json!({"command": line, "timeout_seconds": 1});
        let call = shop.start("shell", &args, Permit::Unasked);
        call.reports(|live| live.lines == 1).await;
        call.background.cancel();
        let outcome = call.end().await;
        assert!(outcome.to_model.starts_with("it runs in the background as job 1"), "{}", outcome.to_model);
        assert!(outcome.to_model.ends_with("one\n"), "{}", outcome.to_model);
        // Two seconds are past its limit.
        let told = job(&shop, json!({"action": "output", "job": 1, "wait_seconds": 2})).await;
        assert!(told.starts_with("job 1: running for 2."), "{told}");
        std::fs::write(shop.work.join("go"), "").unwrap();
        let told = job(&shop, json!({"action": "output", "job": 1, "wait_seconds": 60})).await;
        assert!(told.starts_with("job 1: exit code 7 after ") && told.ends_with("\ntwo\n"), "{told}");
    }
}

#[tokio::test]
async fn the_model_hears_once_of_a_job_that_ended() {
    for shop in shops() {
        let line = "until [ -e go ]; do sleep 0.02; done; exit 5";
        shop.call("shell", json!({"command": line, "background": true})).await;
        let cards = shop.toolbox.bench().jobs();
        std::fs::write(shop.work.join("go"), "").unwrap();
        until(|| (cards.borrow()[0].exit == Some(5)).then_some(())).await;
        let told = shop.run("echo next").await.to_model;
        assert!(told.contains("next\n\n[job 1: exit code 5 after "), "{told}");
        assert!(!shop.run("echo next").await.to_model.contains("job 1"));
    }
}

#[tokio::test]
async fn a_job_that_fails_at_once_is_a_result() {
    for shop in shops() {
        let outcome = shop.call("shell", json!({"command": "no-such-server", "background": true})).await;
        assert_eq!(outcome.end, RunEnd::Failed);
        assert!(outcome.to_model.starts_with("exit code 127 "), "{}", outcome.to_model);
        assert_eq!(job(&shop, json!({"action": "list"})).await, "there are no jobs\n");
    }
}

#[tokio::test]
async fn jobs_are_counted_stopped_by_number_and_end_with_the_session() {
    for shop in shops() {
        let mark = mark();
        let line = format!("sleep {mark}");
        for _ in 0..16 {
            shop.call("shell", json!({"command": line, "background": true})).await;
        }
        let outcome = shop.call("shell", json!({"command": line, "background": true})).await;
        assert!(outcome.to_model.contains("too many jobs"), "{}", outcome.to_model);
        let bench = shop.toolbox.bench();
        assert!(bench.jobs.stop(JobId(3)) && !bench.jobs.stop(JobId(99)));
        let cards = bench.jobs();
        until(|| cards.borrow()[2].exit).await;
        assert!(cards.borrow()[1].exit.is_none());
        shop.toolbox.close().await;
        assert_eq!(alive(&mark), [0_u32; 0]);
        assert!(cards.borrow().iter().all(|card| card.exit.is_some()));
        let outcome = shop.call("shell", json!({"command": line, "background": true})).await;
        assert_eq!(outcome.end, RunEnd::Failed, "no job begins after the end");
    }
}
