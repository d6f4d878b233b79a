//! Fair access: at most so many requests a second, over all processes of this machine.
//!
//! The moments of the last requests lie in a small file under a lock. Whoever wants to ask takes the lock, reads
//! when the request so many places before his was or will be, reserves the moment one second after it, and lets the
//! lock go: turns are given in the order of asking and never drift. A process that dies with a turn in hand has
//! wasted that turn and nothing else, for the lock goes with it.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The most requests a second that the SEC's fair-access rule allows.
pub const MOST: u32 = 10;

/// A little more than a second, for requests do not take equally long to arrive: what left a second apart must not
/// arrive within one.
const WINDOW: Duration = Duration::from_millis(1_040);

/// A turn farther off than this comes from a clock that was set back, not from a queue.
const FARTHEST: Duration = Duration::from_mins(2);

/// The longest pause that the file is believed.
const LONGEST_PAUSE: Duration = Duration::from_mins(20);

const MAGIC: [u8; 8] = *b"EDGAR\0\0\x01";
const WORDS: usize = MOST as usize + 1;
const SIZE: usize = MAGIC.len() + WORDS * 8;

/// Gives turns.
#[derive(Debug)]
pub struct Limiter {
    rate: u32,
    /// The lock on a file holds between processes only; between threads this does.
    state: Mutex<State>,
    problem: Option<String>,
}

#[derive(Debug)]
struct State {
    file: Option<File>,
    turns: Turns,
}

/// Moments in microseconds since 1970, of the wall clock: it is what processes share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Turns {
    /// The last turns given, oldest first; 0 where there were fewer.
    last: [u64; MOST as usize],
    /// Nobody asks before this moment: a server wanted it so.
    paused: u64,
}

impl Limiter {
    /// At most `rate` requests a second, shared with all processes that name the same file. Where the file cannot be
    /// had, within this process only; [`Limiter::problem`] then says why.
    pub fn new(rate: u32, file: Option<&Path>) -> Self {
        let opened = file.map(|path| {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
        });
        let (file, problem) = match opened {
            None => (None, None),
            Some(Ok(file)) => (Some(file), None),
            Some(Err(problem)) => {
                (None, Some(format!("requests are counted in this process only, not over the machine: {problem}")))
            }
        };
        let rate = rate.clamp(1, MOST);
        Self { rate, state: Mutex::new(State { file, turns: Turns::default() }), problem }
    }

    /// Why other processes are not counted; none where they are.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// Requests a second.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// Waits for the next turn; where it is farther off than the asker's patience, it is not taken and the error says
    /// how far off it is.
    pub fn wait(&self, patience: Duration) -> Result<(), Duration> {
        let wait = self.with(|turns, now| {
            let before = *turns;
            let wait = turns.take(self.rate, now);
            if wait > patience {
                *turns = before;
            }
            wait
        });
        if wait > patience {
            return Err(wait);
        }
        if !wait.is_zero() {
            std::thread::sleep(wait);
        }
        Ok(())
    }

    /// Holds everybody's next turns back, in all processes: a server asked for it.
    pub fn pause(&self, wait: Duration) {
        self.with(|turns, now| turns.paused = turns.paused.max(now + micros(wait.min(LONGEST_PAUSE))));
    }

    fn with<T>(&self, change: impl FnOnce(&mut Turns, u64) -> T) -> T {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { file, turns } = &mut *state;
        // A file that fails now and then costs some coordination, never the request.
        let locked = file.as_ref().is_some_and(|file| file.lock().is_ok());
        if locked
            && let Some(file) = file
            && let Ok(read) = Turns::read(file)
        {
            *turns = read;
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, micros);
        turns.sane(now);
        let result = change(turns, now);
        if locked && let Some(file) = file {
            let _ = turns.write(file);
            let _ = file.unlock();
        }
        result
    }
}

impl Turns {
    /// Takes the next turn; how long it is off.
    fn take(&mut self, rate: u32, now: u64) -> Duration {
        let before = self.last[self.last.len() - rate as usize];
        let mut turn = now.max(self.paused).max(before + micros(WINDOW) * u64::from(before > 0));
        // Turns stay in order even when another process counts to another rate.
        turn = turn.max(self.last[self.last.len() - 1]);
        self.last.rotate_left(1);
        self.last[MOST as usize - 1] = turn;
        Duration::from_micros(turn - now)
    }

    /// Forgets what a clock that was set back has left.
    fn sane(&mut self, now: u64) {
        if self.paused > now + micros(LONGEST_PAUSE) {
            self.paused = 0;
        }
        if self.last.iter().any(|turn| *turn > now.max(self.paused) + micros(FARTHEST)) {
            self.last = Default::default();
        }
    }

    fn read(file: &mut File) -> io::Result<Self> {
        let mut bytes = [0; SIZE];
        file.seek(SeekFrom::Start(0))?;
        let mut filled = 0;
        while filled < SIZE {
            match file.read(&mut bytes[filled..])? {
                0 => break,
                read => filled += read,
            }
        }
        // New, cut short or not ours: as if nobody had asked yet.
        if filled < SIZE || bytes[..MAGIC.len()] != MAGIC {
            return Ok(Self::default());
        }
        let mut words = bytes[MAGIC.len()..].chunks_exact(8).map(|word| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(word);
            u64::from_le_bytes(bytes)
        });
        let mut turns = Self { paused: words.next().unwrap_or_default(), ..Self::default() };
        for turn in &mut turns.last {
            *turn = words.next().unwrap_or_default();
        }
        turns.last.sort_unstable();
        Ok(turns)
    }

    fn write(&self, file: &mut File) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(SIZE);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&self.paused.to_le_bytes());
        for turn in self.last {
            bytes.extend_from_slice(&turn.to_le_bytes());
        }
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&bytes)
    }
}

fn micros(span: Duration) -> u64 {
    u64::try_from(span.as_micros()).unwrap_or(u64::MAX / 4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START: u64 = 1_700_000_000_000_000;

    /// Turns that askers at these moments (after the start, in order) get.
    fn turns(rate: u32, moments: &[u64]) -> Vec<u64> {
        let mut state = Turns::default();
        moments
            .iter()
            .map(|moment| {
                let now = START + moment;
                state.sane(now);
                now + micros(state.take(rate, now))
            })
            .collect()
    }

    #[test]
    fn ten_at_once_then_one_window_later_the_next_ten() {
        let given = turns(10, &[0; 25]);
        assert!(given[..10].iter().all(|turn| *turn == START));
        assert!(given[10..20].iter().all(|turn| *turn == START + 1_040_000));
        assert!(given[20..].iter().all(|turn| *turn == START + 2_080_000));
    }

    /// The floor: 240 requests at 10 a second are 24 seconds; ours may be 5 % off and is not.
    #[test]
    fn a_scan_of_twenty_reaches_the_floor() {
        let given = turns(10, &[0; 240]);
        let took = (given[239] - START) as f64 / 1e6;
        assert!((took / 24.0 - 1.0).abs() < 0.05, "{took}");
    }

    #[test]
    fn a_pause_holds_everybody() {
        let mut state = Turns { paused: START + 3_000_000, ..Turns::default() };
        assert_eq!(state.take(10, START), Duration::from_secs(3));
        assert_eq!(state.take(10, START + 4_000_000), Duration::ZERO);
    }

    #[test]
    fn a_turn_beyond_patience_is_not_taken() {
        let limiter = Limiter::new(10, None);
        limiter.pause(Duration::from_mins(10));
        let off = limiter.wait(Duration::from_secs(1)).unwrap_err();
        assert!(off > Duration::from_mins(9), "{off:?}");
        assert_eq!(limiter.with(|turns, _| turns.last), [0; 10]);
    }

    #[test]
    fn a_clock_that_was_set_back_is_not_waited_for() {
        let mut state = Turns { last: [START + 7_200_000_000; 10], paused: START + 7_200_000_000 };
        state.sane(START);
        assert_eq!(state, Turns::default());
    }

    #[test]
    fn what_is_no_limiter_file_is_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("limiter");
        for bytes in [&b""[..], b"garbage", &[0xff; 4096]] {
            std::fs::write(&path, bytes).unwrap();
            let limiter = Limiter::new(10, Some(&path));
            assert_eq!(limiter.with(|turns, _| *turns), Turns::default());
            assert_eq!(limiter.problem(), None);
        }
    }

    #[test]
    fn two_limiters_on_one_file_count_together() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("below/limiter");
        let (first, second) = (Limiter::new(10, Some(&path)), Limiter::new(10, Some(&path)));
        for limiter in [&first, &second, &first, &second, &first] {
            limiter.wait(Duration::from_secs(5)).unwrap();
        }
        let seen = second.with(|turns, _| turns.last);
        assert_eq!(seen.iter().filter(|turn| **turn > 0).count(), 5);
    }

    #[test]
    fn without_its_file_it_still_counts_and_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let blocked = folder.path().join("file");
        std::fs::write(&blocked, b"").unwrap();
        let limiter = Limiter::new(10, Some(&blocked.join("limiter")));
        assert!(limiter.problem().is_some_and(|problem| problem.contains("this process only")));
        limiter.wait(Duration::from_secs(5)).unwrap();
        assert_eq!(limiter.with(|turns, _| turns.last.iter().filter(|turn| **turn > 0).count()), 1);
    }

    proptest! {
        /// However the askers come and whatever rates they count to, no second has more turns than the largest rate.
        #[test]
        fn no_second_has_more(gaps in prop::collection::vec((0u64..400_000, 1u32..=10), 1..120)) {
            let mut state = Turns::default();
            let (mut now, mut given) = (START, Vec::new());
            for (gap, rate) in gaps {
                now += gap;
                state.sane(now);
                given.push(now + micros(state.take(rate, now)));
            }
            prop_assert!(given.is_sorted());
            for (at, turn) in given.iter().enumerate() {
                let within = given[at..].iter().take_while(|other| **other < turn + 1_000_000).count();
                prop_assert!(within <= MOST as usize);
            }
        }
    }
}
