//! A headless Chromium over its DevTools protocol: a process, a socket on loopback, JSON in frames.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long anything may take before the test gives up: a machine may be busy.
const PATIENCE: Duration = Duration::from_secs(90);

/// Names under which a browser may be found.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Where a browser is: named by CHROMIUM, else on the path. `None` where there is none, which CI does not allow.
pub(crate) fn find() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    let found = named.or_else(|| {
        NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|path| path.is_file())
    });
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "no Chromium on a machine of CI: install the package `chromium`");
        println!("skipped: no Chromium here; set CHROMIUM to its path or install the package `chromium`");
    }
    found
}

/// A running browser with one open page.
pub(crate) struct Browser {
    process: Child,
    socket: TcpStream,
    session: String,
    next: u64,
    /// Documents that were loaded.
    pub(crate) loaded: u32,
    sent: Vec<Value>,
    /// Addresses that the page asked for and that its policy let pass, its own apart.
    pub(crate) requests: Vec<String>,
    /// What the page said about errors.
    pub(crate) complaints: Vec<String>,
    _profile: tempfile::TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Browser {
    pub(crate) fn start(path: &PathBuf) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let process = Command::new(path)
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
            ])
            .args(["--remote-debugging-port=0", "--remote-allow-origins=*"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let port_file = profile.path().join("DevToolsActivePort");
        let give_up = Instant::now() + PATIENCE;
        let (port, path) = loop {
            let text = fs::read_to_string(&port_file).unwrap_or_default();
            if let Some((port, path)) = text.trim().split_once('\n') {
                break (port.parse::<u16>().unwrap(), path.to_owned());
            }
            assert!(Instant::now() < give_up, "Chromium opened no port");
            std::thread::sleep(Duration::from_millis(50));
        };
        let mut socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(
            socket,
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        .unwrap();
        let mut head = vec![];
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            socket.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
        let mut browser = Self {
            process,
            socket,
            session: String::new(),
            next: 0,
            loaded: 0,
            sent: vec![],
            requests: vec![],
            complaints: vec![],
            _profile: profile,
        };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}));
        let attached = browser.call("Target.attachToTarget", json!({"targetId": target["targetId"], "flatten": true}));
        browser.session = attached["sessionId"].as_str().unwrap().to_owned();
        for domain in ["Page.enable", "Runtime.enable", "Network.enable", "Log.enable"] {
            browser.call(domain, json!({}));
        }
        browser
    }

    /// Calls a method and waits for its answer; events on the way are noted.
    pub(crate) fn call(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let mut message = json!({"id": self.next, "method": method, "params": params});
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        self.send(&message.to_string());
        loop {
            let message = self.receive();
            if message["id"] == json!(self.next) {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].clone();
            }
            self.note(&message);
        }
    }

    fn note(&mut self, message: &Value) {
        let params = &message["params"];
        match message["method"].as_str() {
            Some("Network.requestWillBeSent") => {
                let url = params["request"]["url"].as_str().unwrap_or("").to_owned();
                let own = params["type"] == "Document" && url.starts_with("file:");
                if !own && !url.starts_with("about:") {
                    self.sent.push(params["requestId"].clone());
                    self.requests.push(url);
                }
            }
            // What the policy refused never left.
            Some("Network.loadingFailed") if params["blockedReason"] == "csp" => {
                if let Some(at) = self.sent.iter().position(|id| *id == params["requestId"]) {
                    self.sent.remove(at);
                    self.requests.remove(at);
                }
            }
            Some("Page.loadEventFired") => self.loaded += 1,
            Some("Runtime.exceptionThrown") => self.complaints.push(params["exceptionDetails"].to_string()),
            Some("Log.entryAdded") if params["entry"]["level"] == "error" => {
                self.complaints.push(params["entry"]["text"].to_string());
            }
            Some("Page.javascriptDialogOpening") => self.complaints.push(format!("dialog: {params}")),
            _ => {}
        }
    }

    /// Opens a file, with a fragment, and waits until it is there.
    pub(crate) fn open(&mut self, file: &std::path::Path, fragment: &str) {
        // Another document in between: a change of the fragment alone loads nothing.
        self.call("Page.navigate", json!({"url": "about:blank"}));
        self.call("Page.navigate", json!({"url": format!("file://{}{fragment}", file.display())}));
        self.wait("document.readyState === 'complete' && location.protocol === 'file:'");
    }

    /// The value of an expression.
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        let found = self
            .call("Runtime.evaluate", json!({"expression": expression, "returnByValue": true, "awaitPromise": true}));
        assert!(found.get("exceptionDetails").is_none(), "{expression}: {found}");
        found["result"]["value"].clone()
    }

    /// Waits until an expression is true.
    pub(crate) fn wait(&mut self, expression: &str) {
        let give_up = Instant::now() + PATIENCE;
        while self.eval(expression) != json!(true) {
            assert!(Instant::now() < give_up, "never true: {expression}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until so many documents were loaded; asks the page for nothing.
    pub(crate) fn wait_for_load(&mut self, wanted: u32) {
        while self.loaded < wanted {
            let message = self.receive();
            self.note(&message);
        }
    }

    /// A window of this width, light or dark.
    pub(crate) fn window(&mut self, width: u32, height: u32, scheme: &str) {
        self.call(
            "Emulation.setDeviceMetricsOverride",
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}),
        );
        self.media("screen", scheme);
    }

    /// A medium: screen or print.
    pub(crate) fn media(&mut self, medium: &str, scheme: &str) {
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.call("Emulation.setEmulatedMedia", json!({"media": medium, "features": features}));
    }

    /// Presses a key where the focus is.
    pub(crate) fn press(&mut self, key: &str) {
        let text = match key {
            "Enter" => json!("\r"),
            " " => json!(" "),
            _ => Value::Null,
        };
        let code = match key {
            "Tab" => 9,
            "Enter" => 13,
            " " => 32,
            "ArrowLeft" => 37,
            "ArrowUp" => 38,
            "ArrowRight" => 39,
            "ArrowDown" => 40,
            _ => 0,
        };
        let mut down = json!({"type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": code});
        if !text.is_null() {
            down["text"] = text;
        }
        self.call("Input.dispatchKeyEvent", down);
        self.call(
            "Input.dispatchKeyEvent",
            json!({"type": "keyUp", "key": key, "code": key, "windowsVirtualKeyCode": code}),
        );
    }

    /// A picture of the whole page as PNG.
    pub(crate) fn picture(&mut self, whole: bool) -> Vec<u8> {
        let shot = self.call("Page.captureScreenshot", json!({"format": "png", "captureBeyondViewport": whole}));
        unbase64(shot["data"].as_str().unwrap())
    }

    /// The page as it would be printed, as PDF.
    pub(crate) fn printed(&mut self) -> Vec<u8> {
        let printed = self.call("Page.printToPDF", json!({"printBackground": false}));
        unbase64(printed["data"].as_str().unwrap())
    }

    fn send(&mut self, text: &str) {
        // RFC 6455: one text frame, masked by zeros, which is a mask too.
        let mut frame = vec![0x81];
        match text.len() {
            length @ 0..=125 => frame.push(0x80 | length as u8),
            length @ 126..=65535 => {
                frame.push(0xfe);
                frame.extend((length as u16).to_be_bytes());
            }
            length => {
                frame.push(0xff);
                frame.extend((length as u64).to_be_bytes());
            }
        }
        frame.extend([0; 4]);
        frame.extend(text.as_bytes());
        self.socket.write_all(&frame).unwrap();
    }

    fn receive(&mut self) -> Value {
        let mut message = vec![];
        loop {
            let mut head = [0; 2];
            self.socket.read_exact(&mut head).unwrap();
            let length = match head[1] & 0x7f {
                126 => u64::from(u16::from_be_bytes(self.bytes())),
                127 => u64::from_be_bytes(self.bytes()),
                length => u64::from(length),
            };
            let mut payload = vec![0; usize::try_from(length).unwrap()];
            self.socket.read_exact(&mut payload).unwrap();
            match head[0] & 0x0f {
                0 | 1 => message.extend(payload),
                8 => panic!("Chromium closed the socket"),
                _ => continue,
            }
            if head[0] & 0x80 != 0 {
                return serde_json::from_slice(&message).unwrap();
            }
        }
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.socket.read_exact(&mut bytes).unwrap();
        bytes
    }
}

fn unbase64(text: &str) -> Vec<u8> {
    let value = |sign: u8| match sign {
        b'A'..=b'Z' => sign - b'A',
        b'a'..=b'z' => sign - b'a' + 26,
        b'0'..=b'9' => sign - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let signs: Vec<u8> = text.bytes().filter(|sign| *sign != b'=').collect();
    let mut out = vec![];
    for chunk in signs.chunks(4) {
        let bits =
            chunk.iter().enumerate().fold(0_u32, |bits, (at, sign)| bits | u32::from(value(*sign)) << (18 - 6 * at));
        out.extend(bits.to_be_bytes()[1..].iter().take(chunk.len() - 1));
    }
    out
}
