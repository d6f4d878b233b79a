//! `init`: who asks, and that he knows what the tool is not.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::cli::Init;
use crate::config::redacted;
use crate::disclaimer;
use crate::exit::{Exit, Failure, Outcome};

use super::Session;

/// How often a person may mistype his address.
const ATTEMPTS: u32 = 3;
const AGREED: &str = "I UNDERSTAND";

pub(super) fn run(session: &mut Session<'_>, arguments: &Init) -> Outcome {
    let printer = session.printer;
    let asks = io::stdin().is_terminal() && !session.global.yes && !session.global.quiet;
    let mut config = session.stored.config.clone();
    match (&arguments.identity, asks) {
        (Some(given), _) => config.set("identity", given).map_err(Failure::usage)?,
        (None, true) => {
            let text = "The SEC asks every program that reads EDGAR for a name and an e-mail address. Both are sent to \
                        the SEC in the request header and to nobody else; they stay in a file on this machine.";
            printer.result(&format!("{}\n\n", layout::text::wrap(text, printer.width()).join("\n")));
            let kept = config.identity.as_deref().map(redacted);
            let question = match &kept {
                Some(kept) => format!("Name and e-mail [{}]: ", escape::terminal::line(kept)),
                None => "Name and e-mail, as in Jane Doe jane@example.com: ".to_owned(),
            };
            let mut left = ATTEMPTS;
            loop {
                let given = ask(&question)?;
                if given.is_empty() && kept.is_some() {
                    break;
                }
                left -= 1;
                match config.set("identity", if given.is_empty() { "?" } else { &given }) {
                    Ok(()) => break,
                    Err(why) if left > 0 => printer.error(&escape::terminal::line(&why)),
                    Err(why) => return Err(Failure::usage(why).hint("nothing was stored")),
                }
            }
        }
        (None, false) if config.identity.is_none() => {
            return Err(Failure::usage("nobody is here to be asked for a name and an e-mail address")
                .hint("pennytune init --identity \"Jane Doe jane@example.com\" --i-understand-the-risks"));
        }
        (None, false) => {}
    }
    if !config.risks_understood {
        if arguments.i_understand_the_risks {
            // It is shown at the first run, also to those who say beforehand that they have read it.
            printer.status(&disclaimer::whole(printer.width()));
            config.risks_understood = true;
        } else if asks {
            printer.result(&format!("\n{}\n", disclaimer::whole(printer.width())));
            config.risks_understood = ask(&format!("Type {AGREED} to go on: "))? == AGREED;
        }
        if !config.risks_understood {
            return Err(Failure::not_configured("nothing was stored: what the tool is not has to be understood first")
                .hint("read `pennytune disclaimer`, then say --i-understand-the-risks"));
        }
    }
    // Everything else in the file stays as it was tuned.
    session.stored.config = config;
    session.stored.write()?;
    let shown = session.stored.config.identity.as_deref().map(redacted).unwrap_or_default();
    printer.status(&format!(
        "Stored in {} as {}. Next: pennytune inspect TICKER",
        escape::terminal::line(&session.stored.path.display().to_string()),
        escape::terminal::line(&shown)
    ));
    Ok(Exit::Produced)
}

fn ask(question: &str) -> Result<String, Failure> {
    let mut out = io::stdout().lock();
    let failed = |_| Failure::usage("the terminal went away before the question was answered; nothing was stored");
    out.write_all(question.as_bytes()).and_then(|()| out.flush()).map_err(failed)?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).map_err(failed)?;
    Ok(line.trim().to_owned())
}
