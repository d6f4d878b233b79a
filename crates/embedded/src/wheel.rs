//! One file out of a Python wheel, which is a zip archive.
//!
//! Only what wheels use: one disk, no encryption, stored or deflated members, sizes in the central
//! directory. Everything read is bounded by the archive's length or by what the caller allows.

use std::io::{Read, Seek, SeekFrom, Write};

use flate2::Crc;
use flate2::read::DeflateDecoder;

use crate::error::{Error, Result};

const END_SIGNATURE: [u8; 4] = *b"PK\x05\x06";
const ENTRY_SIGNATURE: [u8; 4] = *b"PK\x01\x02";
const LOCAL_SIGNATURE: [u8; 4] = *b"PK\x03\x04";
const END_BYTES: u64 = 22;
const ENTRY_BYTES: usize = 46;
const LOCAL_BYTES: usize = 30;
const LARGEST_DIRECTORY: u64 = 1 << 26;
const COPY_BYTES: usize = 1 << 17;

/// A member's entry in the central directory.
struct Member {
    method: u16,
    crc: u32,
    packed: u64,
    unpacked: u64,
    header: u64,
}

/// Writes `member` to `out`, at most `most` bytes; `advanced` hears how many were written each time.
///
/// # Errors
/// [`Error::Archive`] when the archive is malformed, the member is missing, larger than `most`,
/// or does not have its checksum.
pub(crate) fn extract(
    archive: &mut (impl Read + Seek),
    member: &str,
    most: u64,
    out: &mut impl Write,
    advanced: &mut dyn FnMut(u64),
) -> Result<u64> {
    let found = find(archive, member)?;
    if found.unpacked > most {
        return Err(broken(format!("`{member}` has {} bytes, more than the {most} expected", found.unpacked)));
    }
    let mut local = [0; LOCAL_BYTES];
    archive.seek(SeekFrom::Start(found.header)).map_err(unreadable)?;
    archive.read_exact(&mut local).map_err(unreadable)?;
    if local[..4] != LOCAL_SIGNATURE {
        return Err(broken(format!("`{member}` has no local header")));
    }
    let skip = u64::from(u16_at(&local, 26)) + u64::from(u16_at(&local, 28));
    archive.seek(SeekFrom::Start(found.header + LOCAL_BYTES as u64 + skip)).map_err(unreadable)?;
    let packed = archive.take(found.packed);
    match found.method {
        0 => copy(packed, &found, out, advanced),
        8 => copy(DeflateDecoder::new(packed), &found, out, advanced),
        method => Err(broken(format!("`{member}` is packed by method {method}"))),
    }
}

fn find(archive: &mut (impl Read + Seek), member: &str) -> Result<Member> {
    let length = archive.seek(SeekFrom::End(0)).map_err(unreadable)?;
    // The end record is last but for a comment of at most 64 KiB.
    let tail_length = length.min(END_BYTES + u64::from(u16::MAX));
    let mut tail = vec![0; tail_length as usize];
    archive.seek(SeekFrom::Start(length - tail_length)).map_err(unreadable)?;
    archive.read_exact(&mut tail).map_err(unreadable)?;
    let end = tail
        .windows(END_BYTES as usize)
        .rposition(|window| window[..4] == END_SIGNATURE)
        .ok_or_else(|| broken("it has no end record".to_owned()))?;
    let (size, start) = (u64::from(u32_at(&tail, end + 12)), u64::from(u32_at(&tail, end + 16)));
    if size > LARGEST_DIRECTORY || start.checked_add(size).is_none_or(|end| end > length) {
        return Err(broken("its directory lies outside of it".to_owned()));
    }
    let mut directory = vec![0; size as usize];
    archive.seek(SeekFrom::Start(start)).map_err(unreadable)?;
    archive.read_exact(&mut directory).map_err(unreadable)?;

    let mut rest = &directory[..];
    while rest.len() >= ENTRY_BYTES && rest[..4] == ENTRY_SIGNATURE {
        let name = usize::from(u16_at(rest, 28));
        let whole = ENTRY_BYTES + name + usize::from(u16_at(rest, 30)) + usize::from(u16_at(rest, 32));
        if rest.len() < whole {
            break;
        }
        if &rest[ENTRY_BYTES..ENTRY_BYTES + name] == member.as_bytes() {
            if u16_at(rest, 8) & 1 != 0 {
                return Err(broken(format!("`{member}` is encrypted")));
            }
            return Ok(Member {
                method: u16_at(rest, 10),
                crc: u32_at(rest, 16),
                packed: u64::from(u32_at(rest, 20)),
                unpacked: u64::from(u32_at(rest, 24)),
                header: u64::from(u32_at(rest, 42)),
            });
        }
        rest = &rest[whole..];
    }
    Err(broken(format!("it has no `{member}`")))
}

fn copy(from: impl Read, member: &Member, out: &mut impl Write, advanced: &mut dyn FnMut(u64)) -> Result<u64> {
    // One byte more than promised shows a member that is larger than it says.
    let mut from = from.take(member.unpacked + 1);
    let mut crc = Crc::new();
    let mut buffer = vec![0; COPY_BYTES];
    let mut written = 0;
    loop {
        let count = from.read(&mut buffer).map_err(unreadable)?;
        if count == 0 {
            break;
        }
        crc.update(&buffer[..count]);
        out.write_all(&buffer[..count]).map_err(unreadable)?;
        written += count as u64;
        advanced(count as u64);
    }
    if written != member.unpacked || crc.sum() != member.crc {
        return Err(broken("a member is not what the directory says".to_owned()));
    }
    Ok(written)
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn unreadable(error: std::io::Error) -> Error {
    Error::Archive(error.to_string())
}

fn broken(message: String) -> Error {
    Error::Archive(message)
}

/// A zip archive of the given members, for tests.
#[cfg(test)]
pub(crate) fn pack(members: &[(&str, &[u8], bool)]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    for (name, content, deflated) in members {
        let header = out.len() as u32;
        let mut crc = Crc::new();
        crc.update(content);
        let packed = if *deflated {
            let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
            encoder.write_all(content).unwrap();
            encoder.finish().unwrap()
        } else {
            content.to_vec()
        };
        let mut shared = Vec::new();
        shared.extend([20, 0, 0, 0, if *deflated { 8 } else { 0 }, 0, 0, 0, 0, 0]);
        for value in [crc.sum(), packed.len() as u32, content.len() as u32] {
            shared.extend(value.to_le_bytes());
        }
        shared.extend((name.len() as u16).to_le_bytes());
        shared.extend([0, 0]);
        out.extend(LOCAL_SIGNATURE);
        out.extend(&shared);
        out.extend(name.as_bytes());
        out.extend(&packed);
        directory.extend(ENTRY_SIGNATURE);
        directory.extend([20, 0]);
        directory.extend(&shared);
        directory.extend([0; 10]);
        directory.extend(header.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let start = out.len() as u32;
    let count = (members.len() as u16).to_le_bytes();
    out.extend(&directory);
    out.extend(END_SIGNATURE);
    out.extend([0; 4]);
    out.extend(count);
    out.extend(count);
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;

    fn unpack(archive: &[u8], member: &str, most: u64) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        extract(&mut Cursor::new(archive), member, most, &mut out, &mut |_| {})?;
        Ok(out)
    }

    proptest! {
        #[test]
        fn members_come_out_as_they_went_in(first: Vec<u8>, second: Vec<u8>, deflated: bool) {
            let archive = pack(&[("a/first", &first, deflated), ("b", &second, !deflated)]);
            prop_assert_eq!(unpack(&archive, "a/first", 1 << 20).unwrap(), first);
            prop_assert_eq!(unpack(&archive, "b", 1 << 20).unwrap(), second);
            prop_assert!(unpack(&archive, "c", 1 << 20).is_err());
        }

        #[test]
        fn noise_is_an_error_and_no_more(noise: Vec<u8>) {
            prop_assert!(unpack(&noise, "a", 1 << 20).is_err());
        }

        #[test]
        fn damage_is_never_taken_for_the_file(at in any::<prop::sample::Index>(), value: u8) {
            let content = b"some content that deflates, deflates, deflates";
            let mut archive = pack(&[("a", content, true)]);
            let at = at.index(archive.len());
            archive[at] = value;
            if let Ok(found) = unpack(&archive, "a", 1 << 20) {
                prop_assert_eq!(&found[..], &content[..]);
            }
        }
    }

    #[test]
    fn a_member_may_not_be_larger_than_allowed() {
        let archive = pack(&[("a", &[0; 1000], true)]);
        assert!(unpack(&archive, "a", 999).is_err());
        assert_eq!(unpack(&archive, "a", 1000).unwrap().len(), 1000);
    }
}
