//! `loopback-edgar [--port N] [--root DIR]… [--shared DIR] [--police N] [--slow MILLISECONDS]`: serves until it is
//! ended, and says where on its standard output.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use loopback_edgar::{Fault, Server, Site};

fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            let _ = writeln!(io::stderr(), "loopback-edgar: {problem}");
            ExitCode::from(2)
        }
    }
}

fn serve() -> Result<(), String> {
    let mut site = Site::new();
    let mut port = 0;
    let (mut police, mut slow) = (None, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(flag) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{flag} wants a value"))?;
        let number = || value.parse::<u32>().map_err(|_| format!("{flag} wants a number, not {value}"));
        match flag.as_str() {
            "--port" => port = u16::try_from(number()?).map_err(|_| "no such port".to_owned())?,
            "--root" => site = site.root(value),
            "--shared" => site = site.shared(value),
            "--police" => police = Some(number()?),
            "--slow" => slow = Some(Duration::from_millis(u64::from(number()?))),
            _ => return Err(format!("unknown argument {flag}")),
        }
    }
    let server = Server::start_on(port, site).map_err(|problem| problem.to_string())?;
    server.record(false);
    server.police(police);
    if let Some(wait) = slow {
        server.fault("*", Fault::Slow(wait), None);
    }
    let mut out = io::stdout();
    writeln!(out, "{}", server.url()).and_then(|()| out.flush()).map_err(|problem| problem.to_string())?;
    loop {
        std::thread::park();
    }
}
