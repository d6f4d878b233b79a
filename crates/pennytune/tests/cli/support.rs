//! A home of its own for each test, a server, and the binary.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use loopback_edgar::{Server, Site};
use serde_json::Value;

/// The real filings, or nothing where they are not.
pub(crate) fn shared(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("MODELARIUM_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from)
        .join("data/edgar");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: {test}: there are no real filings at {}", folder.display());
    None
}

/// The index of its filings.
const FILINGS: &str = r#"{"cik":"9999999","name":"TOY LIGHTS INC","tickers":["TOYL"],"exchanges":["Nasdaq"],"sic":"3674",
        "sicDescription":"Semiconductors","category":"","fiscalYearEnd":"1231","formerNames":[],
        "filings":{"recent":{
          "accessionNumber":["0000000099-24-000002","0000000099-24-000001"],
          "filingDate":["2024-05-20","2024-03-29"],"reportDate":["2024-05-17","2023-12-31"],
          "acceptanceDateTime":["2024-05-20T16:00:00.000Z","2024-03-29T16:00:00.000Z"],
          "form":["8-K","10-K"],"fileNumber":["001-1","001-1"],"items":["3.01,9.01",""],"size":[1000,2000],
          "primaryDocument":["toy8k.htm","toy10k.htm"],"primaryDocDescription":["8-K","10-K"]},"files":[]}}"#;

/// A small company of our own making: nothing of it is real.
pub(crate) fn toy() -> Site {
    let notice = "<html><body><p>Item 3.01 Notice of Delisting or Failure to Satisfy a Continued Listing Rule or Standard; \
        Transfer of Listing.</p><p>On May 17, 2024, Toy Lights Inc. received a letter from the Listing Qualifications \
        Department of The Nasdaq Stock Market notifying the Company that it is not in compliance with Nasdaq Listing Rule \
        5550(a)(2) because the closing bid price was below $1.00 for 30 consecutive business days. The Company has until \
        November 13, 2024 to regain compliance.</p></body></html>";
    let annual = "<html><body><p>Report of Independent Registered Public Accounting Firm</p><p>The accompanying financial \
        statements have been prepared assuming that the Company will continue as a going concern. As discussed in Note 2 to \
        the financial statements, the Company has suffered recurring losses from operations that raise substantial doubt \
        about its ability to continue as a going concern.</p><p>/s/ Example &amp; Example LLP</p></body></html>";
    let folder = "/Archives/edgar/data/9999999";
    Site::new()
        .file(
            "/files/company_tickers_exchange.json",
            br#"{"fields":["cik","name","ticker","exchange"],"data":[[9999999,"Toy Lights Inc","TOYL","Nasdaq"]]}"#,
        )
        .file("/files/company_tickers.json", br#"{"0":{"cik_str":9999999,"ticker":"TOYL","title":"Toy Lights Inc"}}"#)
        .file("/submissions/CIK0009999999.json", FILINGS.as_bytes())
        .file(&format!("{folder}/000000009924000002/toy8k.htm"), notice.as_bytes())
        .file(&format!("{folder}/000000009924000001/toy10k.htm"), annual.as_bytes())
}

/// The same company once more under another key and ticker.
pub(crate) fn two_toys() -> Site {
    let again =
        |text: &str| text.replace("9999999", "8888888").replace("TOYL", "TOYS").replace("TOY LIGHTS", "TOY SLOW");
    let site = toy();
    let index = again(FILINGS);
    site.file("/submissions/CIK0008888888.json", index.as_bytes()).file(
        "/files/company_tickers_exchange.json",
        br#"{"fields":["cik","name","ticker","exchange"],"data":[[9999999,"Toy Lights Inc","TOYL","Nasdaq"],[8888888,"Toy Slow Inc","TOYS","Nasdaq"]]}"#,
    )
}

/// A home with a server beside it.
pub(crate) struct Home {
    folder: tempfile::TempDir,
    pub(crate) server: Server,
}

impl Home {
    /// With an identity stored.
    pub(crate) fn new(site: Site) -> Self {
        let home = Self::bare(site);
        home.command(&["init", "--identity", "Jane Doe jane@example.com", "--i-understand-the-risks"])
            .assert()
            .success();
        home
    }

    /// Without anything.
    pub(crate) fn bare(site: Site) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), server: Server::start(site).unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::cargo_bin("pennytune").unwrap();
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PENNYTUNE_CONFIG_DIR", self.path("config"))
            .env("PENNYTUNE_DATA_DIR", self.path("data"))
            .env("PENNYTUNE_CACHE_DIR", self.path("cache"))
            .env("PENNYTUNE_EDGAR_URL", self.server.url());
        command
    }

    /// Starts the binary with both its outputs in pipes.
    pub(crate) fn start(&self, arguments: &[&str], edgar: &str) -> std::process::Child {
        std::process::Command::new(assert_cmd::cargo::cargo_bin("pennytune"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PENNYTUNE_CONFIG_DIR", self.path("config"))
            .env("PENNYTUNE_DATA_DIR", self.path("data"))
            .env("PENNYTUNE_CACHE_DIR", self.path("cache"))
            .env("PENNYTUNE_EDGAR_URL", edgar)
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Runs with `--json` and gives the code and the payload.
    pub(crate) fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let output = self.command(arguments).args(["--json", "--rate", "0"]).output().unwrap();
        let payload = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
        (output.status.code().unwrap(), payload)
    }
}

/// A signal of a payload.
pub(crate) fn signal<'a>(payload: &'a Value, id: &str) -> &'a Value {
    payload["signals"].as_array().unwrap().iter().find(|signal| signal["id"] == id).unwrap_or_else(|| panic!("no {id}"))
}
