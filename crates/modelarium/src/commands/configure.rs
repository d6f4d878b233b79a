//! `configure`: asks for every provider's key and stores those that are given.

use std::io::IsTerminal;

use crate::commands::keys::accept;
use crate::exit::{Exit, Failure, Outcome};
use crate::keys::KeyStoreError;
use crate::session::Session;

/// What became of every provider; the counts add up to their number.
#[derive(Debug, Default)]
struct Counts {
    configured: u32,
    skipped: u32,
    invalid: u32,
    not_stored: u32,
}

/// Asks for keys, in alphabetical order, without echo.
pub(crate) fn run(session: &Session) -> Outcome {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage("configure asks questions and standard input is no terminal")
            .hint("pipe a key in with: modelarium keys set PROVIDER [--file], or set the environment variables"));
    }
    let mut providers: Vec<_> = session.registry.providers().iter().filter(|provider| provider.needs_key()).collect();
    providers.sort_by(|left, right| left.name.cmp(&right.name));
    session.printer.result("Enter a key, or nothing to skip. Keys are not shown.\n");
    let keys = session.keys();
    let mut counts = Counts::default();
    let mut use_file = false;
    for provider in providers {
        let Ok(text) = rpassword::prompt_password(format!("{}: ", provider.display_name)) else {
            session.printer.status("Stopped; what was stored so far stays stored.");
            return Ok(Exit::Interrupted);
        };
        if text.trim().is_empty() {
            counts.skipped += 1;
            continue;
        }
        let key = match accept(provider, &text) {
            Ok(key) => key,
            Err(failure) => {
                session.printer.warning(&failure.message);
                counts.invalid += 1;
                continue;
            }
        };
        let stored = if use_file {
            keys.store_in_file(&provider.name, &key)
        } else {
            match keys.store_in_keychain(&provider.name, &key) {
                Err(KeyStoreError::NoKeychain(reason)) => {
                    session.printer.warning(&format!(
                        "this machine offers no keychain ({reason}); keys go to {}, which only you can read",
                        session.config.paths.key_file().display()
                    ));
                    use_file = true;
                    keys.store_in_file(&provider.name, &key)
                }
                stored => stored,
            }
        };
        match stored {
            Ok(()) => counts.configured += 1,
            // One dismissed dialog must not end the rest.
            Err(error) => {
                session.printer.warning(&format!("not stored: {error}"));
                counts.not_stored += 1;
            }
        }
    }
    let Counts { configured, skipped, invalid, not_stored } = counts;
    session
        .printer
        .result(&format!("{configured} configured, {skipped} skipped, {invalid} invalid, {not_stored} not stored\n"));
    Ok(if configured == 0 && invalid + not_stored > 0 { Exit::NothingRan } else { Exit::Done })
}
