//! Hostile files: truncated, altered and lying ones give errors, never a panic or a large allocation.

use std::io::Cursor;

use proptest::prelude::*;

use crate::backend::{EmbeddedBackend, Options};
use crate::error::Result;
use crate::gguf::{Gguf, Value};
use crate::model::config::Architecture;
use crate::model::synthetic::{Entry, Synthetic};
use crate::requantise::requantise;

fn read(bytes: Vec<u8>) -> Result<Gguf> {
    Gguf::read(Box::new(Cursor::new(bytes)))
}

fn load(bytes: Vec<u8>) -> Result<EmbeddedBackend> {
    EmbeddedBackend::from_gguf(&read(bytes)?, "hostile", Options { threads: Some(1), context: None })
}

#[test]
fn metadata_and_directory_come_back() {
    let gguf = Synthetic::new(Architecture::Gemma3).gguf();
    assert_eq!(gguf.text("general.architecture"), Some("gemma3"));
    assert_eq!(gguf.count("gemma3.attention.sliding_window").unwrap(), Some(5));
    assert_eq!(gguf.count("gemma3.absent").unwrap(), None);
    assert!(gguf.count("general.name").is_err());
    assert_eq!(gguf.flag("tokenizer.ggml.add_bos_token"), Some(true));
    assert!(matches!(gguf.get("tokenizer.ggml.scores"), Some(Value::Floats(scores)) if scores[3] == -3.0));
    let info = &gguf.tensors()["blk.0.ffn_gate.weight"];
    assert_eq!((info.columns, info.rows, info.row_bytes()), (64, 96, 256));
    assert_eq!(gguf.tensor_bytes("blk.0.ffn_gate.weight").unwrap().len(), 4 * 64 * 96);
}

#[test]
fn every_truncation_is_an_error() {
    let bytes = Synthetic::new(Architecture::Llama).bytes();
    let head = bytes.len() - 4 * 64 * 96;
    for length in (0..head.min(12_000)).step_by(7).chain([bytes.len() - 1]) {
        assert!(read(bytes[..length].to_vec()).is_err(), "{length} of {} bytes", bytes.len());
    }
}

#[test]
fn lying_counts_are_refused_before_they_cost_anything() {
    let bytes = Synthetic::new(Architecture::Llama).bytes();
    for at in [8, 16, 24] {
        for value in [u64::MAX, 1 << 60, 1 << 32] {
            let mut bytes = bytes.clone();
            bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
            assert!(read(bytes).is_err());
        }
    }
    for alignment in [0, 3, u32::MAX] {
        let mut file = Synthetic::new(Architecture::Llama);
        file.set("general.alignment", Entry::Count(alignment));
        assert!(read(file.bytes()).is_err(), "alignment {alignment}");
    }
}

#[test]
fn tensors_that_overflow_are_refused() {
    let mut file = Synthetic::new(Architecture::Llama);
    file.tensors.clear();
    for (columns, rows) in [(usize::MAX, 3), (1 << 40, 1 << 40), (1 << 62, 4)] {
        file.tensors = vec![("token_embd.weight".to_owned(), columns, rows, vec![0.0; 8])];
        assert!(read(file.bytes()).is_err());
    }
}

#[test]
fn unknown_tokenizers_are_refused() {
    for (key, value) in [("tokenizer.ggml.pre", "default"), ("tokenizer.ggml.model", "rwkv")] {
        let mut file = Synthetic::new(Architecture::Llama);
        file.set(key, Entry::Text(value.to_owned()));
        let error = load(file.bytes()).err().unwrap().to_string();
        assert!(error.contains(&format!("`{value}`")), "{error}");
    }
    let mut file = Synthetic::new(Architecture::Llama);
    file.metadata.retain(|(key, _)| key != "tokenizer.ggml.pre");
    assert!(load(file.bytes()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn altered_files_load_or_fail_in_order(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = Synthetic::new(Architecture::Qwen2).bytes();
        // Metadata and directory; weights may be anything.
        let head = 9_000.min(bytes.len());
        for (at, value) in changes {
            bytes[at.index(head)] = value;
        }
        if let Ok(backend) = load(bytes) {
            let _ = backend.tokenizer().encode("the cat", true);
        }
    }

    #[test]
    fn noise_is_an_error(mut noise: Vec<u8>) {
        prop_assert!(read(noise.clone()).is_err());
        noise.splice(0..0, *b"GGUF\x03\0\0\0");
        let _ = read(noise);
    }
}

#[test]
fn a_requantised_file_is_the_same_model() {
    for architecture in Architecture::ALL {
        let original = Synthetic::new(architecture).gguf();
        let mut bytes = Vec::new();
        requantise(&original, &mut bytes).unwrap();
        let copy = read(bytes).unwrap();
        assert_eq!(copy.count("general.file_type").unwrap(), Some(7));
        let texts = |gguf: &Gguf| {
            gguf.metadata()
                .iter()
                .filter(|(key, _)| *key != "general.file_type")
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect::<Vec<_>>()
        };
        assert_eq!(texts(&copy), texts(&original));
        let logits = |gguf: &Gguf| {
            let model = crate::model::Model::read(gguf, 1).unwrap();
            let mut logits = Vec::new();
            model.advance(&[5, 6, 7], &mut crate::model::Cache::default(), &mut logits, &|| false).unwrap();
            logits
        };
        assert_eq!(logits(&copy), logits(&original), "loading rounds to the same blocks");
        let mut again = Vec::new();
        requantise(&copy, &mut again).unwrap();
        assert_eq!(read(again).unwrap().tensors(), copy.tensors());
    }
}
