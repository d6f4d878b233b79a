//! Values and bytes as they lie in the store: JSON, compressed with deflate where that is worth it.

use std::cell::RefCell;

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The most that one stored value may unpack to. Responses are cut at 64 MiB before they get here.
const LARGEST_VALUE: u64 = 1 << 30;

/// Form of a stored value: as it is.
const PLAIN: u8 = 0;
/// Form of a stored value: deflated.
const DEFLATED: u8 = 1;
/// Shorter values are stored as they are: setting a compressor back costs more than they do.
const LEAST_COMPRESSED: usize = 512;

thread_local! {
    /// Used again and again, as the compressor is.
    static UNPACKER: RefCell<Decompress> = RefCell::new(Decompress::new(false));
}

/// A compressor that is used again and again: setting one up costs more than a small answer does.
pub(super) struct Packer {
    compress: Compress,
}

impl Packer {
    pub(super) fn new() -> Self {
        Self { compress: Compress::new(Compression::fast(), false) }
    }

    /// Compresses bytes that are worth it. The first byte says which form follows.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Vec<u8> {
        if bytes.len() < LEAST_COMPRESSED {
            return [&[PLAIN], bytes].concat();
        }
        self.compress.reset();
        let mut packed = Vec::with_capacity(bytes.len() / 3 + 64);
        packed.push(DEFLATED);
        loop {
            let consumed = self.compress.total_in() as usize;
            match self.compress.compress_vec(&bytes[consumed..], &mut packed, FlushCompress::Finish) {
                Ok(Status::StreamEnd) => return packed,
                // Full: the stream goes on once there is room.
                _ => packed.reserve(packed.capacity().max(64)),
            }
        }
    }

    /// Compresses a value as JSON.
    pub(super) fn json(&mut self, value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
        Ok(self.bytes(&serde_json::to_vec(value)?))
    }
}

/// Unpacks bytes; an error is a sentence for a person.
pub(super) fn unpack(packed: &[u8]) -> Result<Vec<u8>, String> {
    let packed = match packed.split_first() {
        Some((&PLAIN, bytes)) => return Ok(bytes.to_vec()),
        Some((&DEFLATED, packed)) => packed,
        _ => return Err("a stored value has no known form".to_owned()),
    };
    UNPACKER.with_borrow_mut(|unpacker| inflate(unpacker, packed))
}

fn inflate(unpacker: &mut Decompress, packed: &[u8]) -> Result<Vec<u8>, String> {
    unpacker.reset(false);
    let mut bytes = Vec::with_capacity(packed.len().saturating_mul(4).clamp(1 << 10, 1 << 20));
    loop {
        let rest = packed.get(unpacker.total_in() as usize..).unwrap_or_default();
        match unpacker.decompress_vec(rest, &mut bytes, FlushDecompress::Finish) {
            Ok(Status::StreamEnd) if bytes.len() as u64 <= LARGEST_VALUE => return Ok(bytes),
            Ok(_) if bytes.len() as u64 > LARGEST_VALUE => return Err("a stored value is too large".to_owned()),
            // There was room, and still it is not at its end.
            Ok(_) if bytes.len() < bytes.capacity() => {
                return Err("a stored value cannot be unpacked: it ends too early".to_owned());
            }
            Ok(_) => bytes.reserve(bytes.capacity()),
            Err(error) => return Err(format!("a stored value cannot be unpacked: {error}")),
        }
    }
}

/// Unpacks a value; an error is a sentence for a person.
pub(super) fn unpack_json<T: DeserializeOwned>(packed: &[u8]) -> Result<T, String> {
    serde_json::from_slice(&unpack(packed)?).map_err(|error| format!("a stored value cannot be read: {error}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bytes_come_back(inputs in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..5_000), 1..4)) {
            let mut packer = Packer::new();
            for bytes in inputs {
                prop_assert_eq!(unpack(&packer.bytes(&bytes)), Ok(bytes));
            }
        }

        #[test]
        fn hostile_bytes_are_an_error_or_a_value(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
            let _ = unpack_json::<crate::record::CallRecord>(&bytes);
        }
    }

    #[test]
    fn what_is_cut_or_broken_is_said() {
        let packed = Packer::new().bytes(&b"evidence, not verdicts; ".repeat(200));
        for cut in [1, packed.len() / 2, packed.len() - 1] {
            assert!(unpack(&packed[..cut]).is_err(), "{cut} of {}", packed.len());
        }
        let mut broken = packed.clone();
        broken[1] = 0xff;
        assert!(unpack(&broken).is_err());
        assert_eq!(unpack(&packed).map(|bytes| bytes.len()), Ok(4_800), "after a broken one too");
    }

    #[test]
    fn long_and_incompressible_bytes_come_back() {
        let mut state = 1_u64;
        let noise: Vec<u8> = (0..300_000)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (state >> 56) as u8
            })
            .collect();
        assert_eq!(unpack(&Packer::new().bytes(&noise)), Ok(noise));
    }
}
