//! A GGUF file into the same file with Q8_0 matrices, so that loading it again is a matter of
//! moving bytes. Metadata are copied byte for byte, but for the file type.

use std::io::Write;

use candle_core::quantized::GgmlDType;
use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::gguf::{Gguf, TensorInfo};
use crate::kernels::BLOCK;
use crate::quantise::{Q8_0_BYTES, dequantise, quantise_q8_0};

/// `general.file_type` of a file whose matrices are mostly Q8_0.
const MOSTLY_Q8_0: u32 = 7;
const F32_NUMBER: u32 = 0;
const Q8_0_NUMBER: u32 = 8;
/// Rows that one thread converts at a time.
const ROWS_AT_ONCE: usize = 64;

/// Writes `gguf` with every matrix as Q8_0 and every vector as single precision.
pub fn requantise(gguf: &Gguf, out: &mut impl Write) -> Result<()> {
    let (start, end) = gguf.metadata_range;
    let mut metadata = gguf.bytes_at(start, end - start)?;
    if let Some(at) = gguf.file_type_at {
        let at = (at - start) as usize;
        metadata[at..at + 4].copy_from_slice(&MOSTLY_Q8_0.to_le_bytes());
    }
    let mut head = Vec::with_capacity(metadata.len() + 64 * gguf.tensors().len());
    head.extend(b"GGUF");
    head.extend(3_u32.to_le_bytes());
    head.extend((gguf.tensors().len() as u64).to_le_bytes());
    head.extend((gguf.metadata().len() as u64).to_le_bytes());
    head.extend(metadata);
    let mut offset = 0_u64;
    for (name, info) in gguf.tensors() {
        let target = Target::of(name, info)?;
        head.extend((name.len() as u64).to_le_bytes());
        head.extend(name.as_bytes());
        head.extend((info.dimensions as u32).to_le_bytes());
        head.extend((info.columns as u64).to_le_bytes());
        if info.dimensions == 2 {
            head.extend((info.rows as u64).to_le_bytes());
        }
        head.extend(target.number().to_le_bytes());
        head.extend(offset.to_le_bytes());
        offset = (offset + target.bytes(info)).next_multiple_of(gguf.alignment);
    }
    pad(&mut head, gguf.alignment);
    write(out, &head)?;
    for (name, info) in gguf.tensors() {
        let mut bytes = Target::of(name, info)?.convert(info, &gguf.tensor_bytes(name)?)?;
        pad(&mut bytes, gguf.alignment);
        write(out, &bytes)?;
    }
    Ok(())
}

/// What a tensor becomes.
#[derive(Clone, Copy)]
enum Target {
    Single,
    Blocks,
}

impl Target {
    fn of(name: &str, info: &TensorInfo) -> Result<Self> {
        match info.dimensions {
            1 => Ok(Self::Single),
            2 if info.columns.is_multiple_of(BLOCK) => Ok(Self::Blocks),
            2 => Err(Error::Unsupported(format!("tensor `{name}` with rows that are not whole blocks of {BLOCK}"))),
            more => Err(Error::Unsupported(format!("tensor `{name}` with {more} dimensions"))),
        }
    }

    fn number(self) -> u32 {
        match self {
            Self::Single => F32_NUMBER,
            Self::Blocks => Q8_0_NUMBER,
        }
    }

    fn bytes(self, info: &TensorInfo) -> u64 {
        let values = info.columns as u64 * info.rows as u64;
        match self {
            Self::Single => 4 * values,
            Self::Blocks => values / BLOCK as u64 * Q8_0_BYTES as u64,
        }
    }

    fn convert(self, info: &TensorInfo, bytes: &[u8]) -> Result<Vec<u8>> {
        match self {
            Self::Single => Ok(dequantise(info.kind, bytes)?.iter().flat_map(|value| value.to_le_bytes()).collect()),
            Self::Blocks if info.kind == GgmlDType::Q8_0 => Ok(bytes.to_vec()),
            Self::Blocks => {
                let pieces: Vec<Vec<u8>> = bytes
                    .par_chunks(info.row_bytes() * ROWS_AT_ONCE)
                    .map(|rows| {
                        let values = dequantise(info.kind, rows)?;
                        let mut bytes = Vec::with_capacity(values.len() / BLOCK * Q8_0_BYTES);
                        quantise_q8_0(&values, &mut bytes);
                        Ok(bytes)
                    })
                    .collect::<Result<_>>()?;
                Ok(pieces.concat())
            }
        }
    }
}

fn pad(bytes: &mut Vec<u8>, alignment: u64) {
    bytes.resize(bytes.len().next_multiple_of(alignment as usize), 0);
}

fn write(out: &mut impl Write, bytes: &[u8]) -> Result<()> {
    out.write_all(bytes).map_err(Error::io("requantised model"))
}
