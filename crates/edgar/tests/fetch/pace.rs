//! Fair access over threads, clients and processes.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use edgar::client::{Client, Config, Rate};
use edgar::source::{Base, Resource};
use loopback_edgar::{Fault, Server, Site};

use super::{TOY, TOY_PATH, config, document, site};

const CHILD: &str = "EDGAR_TEST_CHILD";

fn paced(base: &str, folder: &Path) -> Client {
    let mut config = Config::new("Jane Doe jane@example.com".parse().unwrap());
    config.base = Base::Mirror(base.parse().unwrap());
    config.rate = Rate::PerSecond(10);
    config.limiter = Some(folder.join("limiter"));
    Client::new(config).unwrap()
}

/// Not a test of its own: what the processes do that `no_second_has_more_over_processes` starts.
#[test]
fn child_of_the_pace() {
    let Some(told) = std::env::var_os(CHILD) else { return };
    let told = told.into_string().unwrap();
    let (base, folder) = told.split_once(' ').unwrap();
    let answers = paced(base, Path::new(folder)).get_all(&vec![document("toy.htm"); 8], 4);
    assert!(answers.iter().all(Result::is_ok));
}

/// Three processes with eight requests each. Turns are a second and a little apart; what a busy machine adds to the way
/// from a turn to the server is allowed a tenth of a second here, so that the test says the same on every machine.
#[test]
fn no_second_has_more_over_processes() {
    let server = Server::start(site()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let children: Vec<_> = (0..3)
        .map(|_| {
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "pace::child_of_the_pace", "--nocapture"])
                .env(CHILD, format!("{} {}", server.url(), folder.path().display()))
                .output_later()
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    let records = server.records();
    assert_eq!(records.len(), 24);
    assert!(server.peak(Duration::from_millis(900)) <= 10, "{}", server.peak(Duration::from_millis(900)));
    // 24 requests are ten, ten and four.
    let took = records[23].at.duration_since(records[0].at);
    assert!(took >= Duration::from_millis(1_900), "{took:?}");
}

trait OutputLater {
    fn output_later(&mut self) -> std::process::Child;
}

impl OutputLater for Command {
    fn output_later(&mut self) -> std::process::Child {
        self.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap()
    }
}

/// A server that asks for a pause asks all processes of the machine.
#[test]
fn a_pause_is_everybodys() {
    let server = Server::start(site()).unwrap();
    server.fault(TOY_PATH, Fault::TooMany(Some("1".into())), Some(1));
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (paced(&server.url(), folder.path()), paced(&server.url(), folder.path()));
    std::thread::scope(|scope| {
        scope.spawn(|| first.get(&Resource::Submissions(TOY)).unwrap());
        while server.records().is_empty() {
            std::thread::yield_now();
        }
        // The answer has to arrive before the pause can be known; then the other waits as well.
        std::thread::sleep(Duration::from_millis(300));
        second.get(&document("toy.htm")).unwrap();
    });
    let records = server.records();
    assert_eq!(records.len(), 3);
    let refused = records[0].at;
    assert!(records[1..].iter().all(|record| record.at.duration_since(refused) >= Duration::from_secs(1)));
}

/// A pause of ten minutes is not waited for in silence.
#[test]
fn a_long_pause_is_told_and_not_waited_for() {
    let server = Server::start(site()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let limiter = edgar::limiter::Limiter::new(10, Some(&folder.path().join("limiter")));
    limiter.pause(Duration::from_mins(10));
    let problem = paced(&server.url(), folder.path()).get(&Resource::Submissions(TOY)).unwrap_err();
    assert!(problem.to_string().contains("asks to wait 5"), "{problem}");
    assert!(server.records().is_empty());
}

#[test]
fn a_limiter_that_cannot_be_shared_is_told() {
    let server = Server::start(Site::new()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), b"").unwrap();
    let limiter = Some(folder.path().join("file/limiter"));
    let client = Client::new(Config { rate: Rate::PerSecond(5), limiter, ..config(&server) }).unwrap();
    assert!(client.warnings()[0].contains("in this process only"), "{:?}", client.warnings());
}
