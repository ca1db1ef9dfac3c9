//! The page of `render diff --format html` in a real browser: its content, the escaping of hostile strings, and that it is not
//! blank.
//!
//! `RENDER_BROWSER` can name a browser of the Chromium family. Skipped if there is none.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The time limit for the browser.
const TIME_LIMIT: Duration = Duration::from_secs(120);

const OLD: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec:\n  replicas: 1\n\
    ---\napiVersion: v1\nkind: Secret\nmetadata: {name: key}\nstringData: {password: hunter2}\n";

/// `URL` is a server of the test that must not receive any request.
const NEW: &str = r#"apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 3
---
apiVersion: v1
kind: Secret
metadata: {name: key}
stringData: {password: correct horse}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: '"><img src=URL/name onerror="document.title=1">'
data:
  text: |
    </pre></details><script>document.body.innerHTML = "owned"</script>
    <style>@import "URL/style"; body { background: url(URL/back) }</style>
    <iframe src="URL/frame"></iframe><link rel="stylesheet" href="URL/link">
"#;

fn browser() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("RENDER_BROWSER").filter(|named| !named.is_empty()) {
        return Some(named.into());
    }
    let path = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    std::env::split_paths(&path).flat_map(|directory| names.map(|name| directory.join(name))).find(|program| program.is_file())
}

/// Creates a page about two manifests; `address` replaces the server in them.
fn page(directory: &TempDir, address: &str) -> PathBuf {
    let path = |name: &str| directory.path().join(name);
    fs::write(path("old.yaml"), OLD).expect("a file");
    fs::write(path("new.yaml"), NEW.replace("URL", address)).expect("a file");
    let output = Command::new(env!("CARGO_BIN_EXE_render"))
        .args(["diff", "old.yaml", "new.yaml", "--format", "html"])
        .current_dir(directory.path())
        .output()
        .expect("the program starts");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    fs::write(path("page.html"), &output.stdout).expect("a file");
    path("page.html")
}

/// The output of a browser, which starts without a profile and is stopped after the time limit.
fn browse(browser: &Path, page: &Path, arguments: &[&str]) -> String {
    let profile = tempfile::tempdir().expect("a directory");
    let flags = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1000,1200",
    ];
    let mut child = Command::new(browser)
        .args(flags)
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(arguments)
        .arg(format!("file://{}", page.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the browser starts");
    let mut stdout = child.stdout.take().expect("its output");
    let reader = std::thread::spawn(move || {
        let mut text = Vec::new();
        let _ = stdout.read_to_end(&mut text);
        String::from_utf8_lossy(&text).into_owned()
    });
    let start = Instant::now();
    while child.try_wait().expect("its state").is_none() {
        if start.elapsed() > TIME_LIMIT {
            let _ = child.kill();
            let _ = child.wait();
            panic!("the browser did not exit within {TIME_LIMIT:?}");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    reader.join().expect("its output")
}

/// A server that counts requests.
fn server() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("its address"));
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            count.fetch_add(1, Ordering::SeqCst);
            let mut stream = stream;
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
        }
    });
    (address, asked)
}

#[test]
fn a_browser_shows_the_page_and_loads_nothing_else() {
    let Some(browser) = browser() else {
        eprintln!("skipped: no browser found; set RENDER_BROWSER to use one");
        return;
    };
    let directory = tempfile::tempdir().expect("a directory");
    let (address, asked) = server();
    let page = page(&directory, &address);

    let dom = browse(&browser, &page, &["--dump-dom"]);
    assert_eq!(dom.matches("<details class=\"object").count(), 3, "{dom}");
    for part in ["Deployment shop/web", "spec.replicas", "old.yaml:5:13", "*** (changed)"] {
        assert!(dom.contains(part), "no `{part}` in {dom}");
    }
    assert_eq!(dom.matches("<script").count(), 1, "{dom}");
    for part in ["<img", "<iframe", "<link", "hunter2", "correct horse"] {
        assert!(!dom.contains(part), "`{part}` in {dom}");
    }
    assert!(dom.contains("&lt;script&gt;document.body.innerHTML"), "{dom}");
    assert_eq!(dom.matches("<style").count(), 1, "{dom}");
    assert!(dom.contains("<title>render diff: old.yaml → new.yaml</title>"), "{dom}");

    let screenshot = directory.path().join("page.png");
    browse(&browser, &page, &[&format!("--screenshot={}", screenshot.display())]);
    let png = fs::read(&screenshot).expect("a screenshot");
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
    let size = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four bytes"));
    assert_eq!((size(16), size(20)), (1000, 1200));
    fs::write(directory.path().join("blank.html"), "<!DOCTYPE html><title>blank</title>").expect("a page");
    let blank = directory.path().join("blank.png");
    browse(&browser, &directory.path().join("blank.html"), &[&format!("--screenshot={}", blank.display())]);
    // Pixels are compressed: a page with text is many times the size of one without.
    let blank = fs::metadata(&blank).expect("a screenshot").len() as usize;
    assert!(png.len() > 4 * blank, "{} bytes, and a blank page has {blank}", png.len());
    assert_eq!(asked.load(Ordering::SeqCst), 0, "the page sent a request to a server");
}

#[test]
fn the_page_has_no_external_references_and_only_its_own_script() {
    let directory = tempfile::tempdir().expect("a directory");
    let text = fs::read_to_string(page(&directory, "http://127.0.0.1:9")).expect("a page");
    // Attributes that load or link something: only links to the sections of the page are allowed.
    let links: Vec<&str> = text.match_indices('<').map(|(at, _)| text[at..].split('>').next().unwrap_or_default()).collect();
    let has_reference = |tag: &&&str| [" src=", " href=", " on", " style="].iter().any(|attribute| tag.contains(attribute));
    let outside: Vec<_> = links.iter().filter(has_reference).filter(|tag| !tag.starts_with("<a href=\"#overlay-")).collect();
    assert!(outside.is_empty(), "{outside:?}");
    assert!(text.matches("<script").count() == 1 && text.contains("script-src 'sha256-"));
    assert!(!text.contains("hunter2") && !text.contains("correct horse"));
    assert!(text.contains("prefers-color-scheme: dark"));
}
