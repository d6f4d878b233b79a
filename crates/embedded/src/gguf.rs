//! Reading GGUF files: metadata, the tensor directory and tensor bytes.
//!
//! Every count and length in the file is checked against what is left of the file before memory
//! is set aside for it, so a hostile file costs an error and not the machine. Versions 2 and 3,
//! little endian.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use candle_core::quantized::GgmlDType;

use crate::error::{Error, Result};

/// Where tensor data starts is a multiple of this unless the file says otherwise.
pub const DEFAULT_ALIGNMENT: u64 = 32;

const MAGIC: &[u8; 4] = b"GGUF";
const LONGEST_STRING: u64 = 1 << 26;
const LONGEST_ARRAY: u64 = 1 << 24;
const MOST_DIMENSIONS: u32 = 4;
/// Least bytes of a metadata entry: key length, value type, one byte of value.
const LEAST_ENTRY: u64 = 8 + 4 + 1;
/// Least bytes of a tensor's entry: name length, dimension count, type, offset.
const LEAST_TENSOR: u64 = 8 + 4 + 4 + 8;

/// A metadata value; integer and float widths are folded together.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Any integer type.
    Integer(i128),
    /// `f32` or `f64`.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// A string.
    Text(String),
    /// An array of any integer type or of truth values.
    Integers(Vec<i64>),
    /// An array of `f32` or `f64`.
    Floats(Vec<f32>),
    /// An array of strings.
    Texts(Vec<String>),
}

/// A tensor's entry in the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorInfo {
    /// Values in a row: the fastest dimension.
    pub columns: usize,
    /// Rows: the product of all other dimensions.
    pub rows: usize,
    /// How many dimensions the file gives it.
    pub dimensions: usize,
    /// How values are stored.
    pub kind: GgmlDType,
    /// Where its bytes start in the file.
    pub start: u64,
    /// How many bytes it has.
    pub bytes: u64,
}

impl TensorInfo {
    /// Bytes of one row.
    pub fn row_bytes(&self) -> usize {
        self.columns / self.kind.block_size() * self.kind.type_size()
    }
}

/// Whatever a GGUF file can be read from.
pub trait Source: Read + Seek + Send {}
impl<T: Read + Seek + Send> Source for T {}

/// An open GGUF file.
pub struct Gguf {
    source: Mutex<Box<dyn Source>>,
    metadata: BTreeMap<String, Value>,
    tensors: BTreeMap<String, TensorInfo>,
    /// Byte range of all metadata entries in the file, for copying them as they are.
    pub(crate) metadata_range: (u64, u64),
    /// Where the value of `general.file_type` lies, when it is a 32-bit integer.
    pub(crate) file_type_at: Option<u64>,
    pub(crate) alignment: u64,
}

impl std::fmt::Debug for Gguf {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Gguf").field("tensors", &self.tensors.len()).finish_non_exhaustive()
    }
}

impl Gguf {
    /// Opens a file and reads its metadata and directory.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(Error::io(path))?;
        Self::read(Box::new(BufReader::with_capacity(1 << 18, file)))
    }

    /// Reads metadata and directory from any source.
    pub fn read(mut source: Box<dyn Source>) -> Result<Self> {
        let length = source.seek(SeekFrom::End(0)).map_err(unreadable)?;
        source.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        let mut cursor = Cursor { source, at: 0, length };

        if &cursor.bytes::<4>()? != MAGIC {
            return Err(Error::gguf("it does not start with the GGUF magic"));
        }
        let version = cursor.u32()?;
        if !(2..=3).contains(&version) {
            return Err(Error::gguf(format!("version {version} is not 2 or 3")));
        }
        let tensor_count = cursor.u64()?;
        let entry_count = cursor.u64()?;
        cursor.room_for(tensor_count, LEAST_TENSOR, "tensors")?;
        cursor.room_for(entry_count, LEAST_ENTRY, "metadata entries")?;

        let metadata_start = cursor.at;
        let mut metadata = BTreeMap::new();
        let mut file_type_at = None;
        for _ in 0..entry_count {
            let key = cursor.string()?;
            let kind = cursor.u32()?;
            if key == "general.file_type" && kind == 4 {
                file_type_at = Some(cursor.at);
            }
            let value = cursor.value(kind, &key)?;
            if metadata.insert(key.clone(), value).is_some() {
                return Err(Error::gguf(format!("metadata key `{key}` appears twice")));
            }
        }
        let metadata_range = (metadata_start, cursor.at);

        let mut entries = Vec::new();
        for _ in 0..tensor_count {
            entries.push(cursor.tensor_entry()?);
        }
        let alignment = match metadata.get("general.alignment") {
            None => DEFAULT_ALIGNMENT,
            Some(Value::Integer(value)) => u64::try_from(*value)
                .ok()
                .filter(|value| value.is_power_of_two() && *value <= 1 << 16)
                .ok_or_else(|| Error::gguf(format!("alignment {value} is not a small power of two")))?,
            Some(_) => return Err(Error::gguf("alignment is not a number")),
        };
        let data_start = cursor.at.next_multiple_of(alignment);
        let mut tensors = BTreeMap::new();
        for (name, mut info) in entries {
            let end = data_start.checked_add(info.start).and_then(|start| {
                info.start = start;
                start.checked_add(info.bytes)
            });
            if end.is_none_or(|end| end > length) {
                return Err(Error::gguf(format!("tensor `{name}` lies beyond the end of the file (truncated?)")));
            }
            if tensors.insert(name.clone(), info).is_some() {
                return Err(Error::gguf(format!("tensor `{name}` appears twice")));
            }
        }
        Ok(Self { source: Mutex::new(cursor.source), metadata, tensors, metadata_range, file_type_at, alignment })
    }

    /// All metadata, by key.
    pub fn metadata(&self) -> &BTreeMap<String, Value> {
        &self.metadata
    }

    /// The tensor directory, by name.
    pub fn tensors(&self) -> &BTreeMap<String, TensorInfo> {
        &self.tensors
    }

    /// A value, if the key is there.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.metadata.get(key)
    }

    /// A string, if the key is there and is one.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.metadata.get(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A truth value, if the key is there and is one.
    pub fn flag(&self, key: &str) -> Option<bool> {
        match self.metadata.get(key) {
            Some(Value::Bool(value)) => Some(*value),
            _ => None,
        }
    }

    /// A count that must fit a `u32`; `None` when the key is absent.
    ///
    /// # Errors
    /// When the value is not a whole number of that range.
    pub fn count(&self, key: &str) -> Result<Option<usize>> {
        match self.metadata.get(key) {
            None => Ok(None),
            Some(Value::Integer(value)) => u32::try_from(*value)
                .map(|value| Some(value as usize))
                .map_err(|_| Error::gguf(format!("`{key}` is {value}, out of range"))),
            Some(_) => Err(Error::gguf(format!("`{key}` is not a whole number"))),
        }
    }

    /// A finite float; `None` when the key is absent.
    pub fn float(&self, key: &str) -> Result<Option<f32>> {
        match self.metadata.get(key) {
            None => Ok(None),
            Some(Value::Float(value)) if value.is_finite() => Ok(Some(*value as f32)),
            Some(_) => Err(Error::gguf(format!("`{key}` is not a finite number"))),
        }
    }

    /// Bytes of a tensor as stored.
    pub fn tensor_bytes(&self, name: &str) -> Result<Vec<u8>> {
        let info = self.tensors.get(name).ok_or_else(|| Error::gguf(format!("tensor `{name}` is missing")))?;
        self.bytes_at(info.start, info.bytes)
    }

    pub(crate) fn bytes_at(&self, start: u64, length: u64) -> Result<Vec<u8>> {
        let mut source = self.source.lock().unwrap_or_else(PoisonError::into_inner);
        source.seek(SeekFrom::Start(start)).map_err(unreadable)?;
        let mut bytes = vec![0; length as usize];
        source.read_exact(&mut bytes).map_err(unreadable)?;
        Ok(bytes)
    }
}

/// The storage type of a type number in a file.
fn storage_type(number: u32) -> Option<GgmlDType> {
    Some(match number {
        0 => GgmlDType::F32,
        1 => GgmlDType::F16,
        2 => GgmlDType::Q4_0,
        3 => GgmlDType::Q4_1,
        6 => GgmlDType::Q5_0,
        7 => GgmlDType::Q5_1,
        8 => GgmlDType::Q8_0,
        10 => GgmlDType::Q2K,
        11 => GgmlDType::Q3K,
        12 => GgmlDType::Q4K,
        13 => GgmlDType::Q5K,
        14 => GgmlDType::Q6K,
        30 => GgmlDType::BF16,
        _ => return None,
    })
}

fn unreadable(error: std::io::Error) -> Error {
    Error::gguf(error.to_string())
}

/// Reads forward and knows how much is left.
struct Cursor {
    source: Box<dyn Source>,
    at: u64,
    length: u64,
}

impl Cursor {
    fn bytes<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.source.read_exact(&mut bytes).map_err(|_| Error::gguf("the file ends too early"))?;
        self.at += N as u64;
        Ok(bytes)
    }

    fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.bytes()?))
    }

    fn u64(&mut self) -> Result<u64> {
        Ok(u64::from_le_bytes(self.bytes()?))
    }

    fn room_for(&self, count: u64, each: u64, what: &str) -> Result<()> {
        let left = self.length.saturating_sub(self.at);
        if count.checked_mul(each).is_none_or(|needed| needed > left) {
            return Err(Error::gguf(format!("{count} {what} cannot fit into the {left} bytes that are left")));
        }
        Ok(())
    }

    fn string(&mut self) -> Result<String> {
        let length = self.u64()?;
        if length > LONGEST_STRING {
            return Err(Error::gguf(format!("a string of {length} bytes is too long")));
        }
        self.room_for(length, 1, "bytes of a string")?;
        let mut bytes = vec![0; length as usize];
        self.source.read_exact(&mut bytes).map_err(unreadable)?;
        self.at += length;
        String::from_utf8(bytes).map_err(|_| Error::gguf("a string is not UTF-8"))
    }

    /// A number of the given type, widened. Types 0..=5 and 10, 11 are integers, 7 is a bool.
    fn integer(&mut self, kind: u32) -> Result<i128> {
        Ok(match kind {
            0 => self.bytes::<1>()?[0].into(),
            1 => i8::from_le_bytes(self.bytes()?).into(),
            2 => u16::from_le_bytes(self.bytes()?).into(),
            3 => i16::from_le_bytes(self.bytes()?).into(),
            4 => self.u32()?.into(),
            5 => i32::from_le_bytes(self.bytes()?).into(),
            7 => match self.bytes::<1>()?[0] {
                value @ 0..=1 => value.into(),
                value => return Err(Error::gguf(format!("{value} is not a truth value"))),
            },
            10 => self.u64()?.into(),
            11 => i64::from_le_bytes(self.bytes()?).into(),
            kind => return Err(Error::gguf(format!("unknown value type {kind}"))),
        })
    }

    fn float(&mut self, kind: u32) -> Result<f64> {
        Ok(if kind == 6 { f32::from_le_bytes(self.bytes()?).into() } else { f64::from_le_bytes(self.bytes()?) })
    }

    fn value(&mut self, kind: u32, key: &str) -> Result<Value> {
        Ok(match kind {
            6 | 12 => Value::Float(self.float(kind)?),
            7 => Value::Bool(self.integer(kind)? == 1),
            8 => Value::Text(self.string()?),
            9 => self.array(key)?,
            kind => Value::Integer(self.integer(kind)?),
        })
    }

    fn array(&mut self, key: &str) -> Result<Value> {
        let kind = self.u32()?;
        let count = self.u64()?;
        if count > LONGEST_ARRAY {
            return Err(Error::gguf(format!("`{key}` has {count} elements, more than any model needs")));
        }
        let least = match kind {
            0 | 1 | 7 => 1,
            2 | 3 => 2,
            4..=6 => 4,
            8 | 10..=12 => 8,
            kind => return Err(Error::gguf(format!("`{key}` is an array of type {kind}, which is not supported"))),
        };
        self.room_for(count, least, "array elements")?;
        Ok(match kind {
            6 | 12 => Value::Floats((0..count).map(|_| Ok(self.float(kind)? as f32)).collect::<Result<_>>()?),
            8 => Value::Texts((0..count).map(|_| self.string()).collect::<Result<_>>()?),
            _ => Value::Integers((0..count).map(|_| Ok(self.integer(kind)? as i64)).collect::<Result<_>>()?),
        })
    }

    /// A directory entry; `start` is still relative to the tensor data.
    fn tensor_entry(&mut self) -> Result<(String, TensorInfo)> {
        let name = self.string()?;
        let dimensions = self.u32()?;
        if !(1..=MOST_DIMENSIONS).contains(&dimensions) {
            return Err(Error::gguf(format!("tensor `{name}` has {dimensions} dimensions")));
        }
        let columns = self.u64()?;
        let mut rows = 1_u64;
        for _ in 1..dimensions {
            let dimension = self.u64()?;
            rows = rows
                .checked_mul(dimension)
                .ok_or_else(|| Error::gguf(format!("the size of tensor `{name}` overflows")))?;
        }
        let number = self.u32()?;
        let kind = storage_type(number)
            .ok_or_else(|| Error::Unsupported(format!("the quantisation type {number} (tensor `{name}`)")))?;
        let start = self.u64()?;
        if columns == 0 || rows == 0 || !columns.is_multiple_of(kind.block_size() as u64) {
            return Err(Error::gguf(format!("tensor `{name}` is {columns}x{rows}, not whole blocks of {kind:?}")));
        }
        let bytes = (columns / kind.block_size() as u64)
            .checked_mul(rows)
            .and_then(|blocks| blocks.checked_mul(kind.type_size() as u64))
            .filter(|bytes| *bytes <= self.length)
            .ok_or_else(|| Error::gguf(format!("tensor `{name}` is larger than the file")))?;
        let info = TensorInfo {
            columns: columns as usize,
            rows: rows as usize,
            dimensions: dimensions as usize,
            kind,
            start,
            bytes,
        };
        Ok((name, info))
    }
}
