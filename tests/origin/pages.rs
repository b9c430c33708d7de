//! Pages and their files.

use super::get;
use crate::support::{Server, http, token};
use flate2::read::GzDecoder;
use serde_json::Value;
use std::io::Read;
use std::path::Path;

const PAGES: [(&str, &str); 7] = [
    ("/", "home"),
    ("/waiter", "waiter"),
    ("/t/any-token", "guest"),
    ("/kitchen", "kitchen"),
    ("/board", "board"),
    ("/driver", "driver"),
    ("/manager", "manager"),
];

fn on_disk(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("screens");
    std::fs::read(folder.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

#[test]
fn every_screen_has_its_page_also_in_earnest_and_without_a_token() {
    let server = Server::start().in_earnest();
    for (path, folder) in PAGES {
        let page = on_disk(&format!("{folder}/index.html"));
        for path in [path.to_owned(), format!("{path}?lang=th")] {
            let answer = get(server.address, &format!("GET {path}"), &[]);
            assert_eq!(answer.status, 200, "{path}");
            assert_eq!(
                answer.header("content-type"),
                Some("text/html; charset=utf-8")
            );
            assert!(answer.body == page, "{path} is another page");
        }
    }
    for path in ["/waiter/", "/t/any-token/", "/manager/"] {
        assert_eq!(
            get(server.address, &format!("GET {path}"), &[]).status,
            200,
            "{path}"
        );
    }
    for path in ["/t", "/t/", "/t/a/b", "/home", "/screens", "/waiter/x"] {
        let answer = get(server.address, &format!("GET {path}"), &[]);
        assert_eq!(answer.status, 404, "{path}");
    }
}

#[test]
fn a_page_may_load_and_call_its_own_origin_only() {
    let server = Server::start();
    let port = server.address.port();
    for (path, _) in PAGES {
        let answer = get(server.address, &format!("GET {path}"), &[]);
        let policy = answer.header("content-security-policy").expect("a policy");
        for part in [
            "default-src 'self'",
            "script-src 'self'",
            "style-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(
                policy.split("; ").any(|found| found == part),
                "{part}: {policy}"
            );
        }
        let connect = format!("connect-src 'self' ws://localhost:{port} wss://localhost:{port}");
        assert!(policy.split("; ").any(|found| found == connect), "{policy}");
        assert!(
            !policy.contains("unsafe") && !policy.contains('*'),
            "{policy}"
        );
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        let html = answer.text();
        for inline in [
            "<style",
            " style=",
            " onclick=",
            "javascript:",
            "http://",
            "https://",
        ] {
            assert!(!html.contains(inline), "{path} has {inline}");
        }
        for script in html.match_indices("<script") {
            let tag = html[script.0..].split('>').next().unwrap_or("");
            assert!(tag.contains(" src=\"/"), "{path}: {tag}");
        }
    }
}

#[test]
fn what_a_browser_has_is_not_sent_again() {
    let server = Server::start();
    let first = get(server.address, "GET /screens/shared/tokens.css", &[]);
    assert_eq!(first.status, 200);
    assert_eq!(
        first.header("content-type"),
        Some("text/css; charset=utf-8")
    );
    assert_eq!(first.header("cache-control"), Some("no-cache"));
    assert_eq!(first.header("content-encoding"), None);
    assert!(first.body == on_disk("shared/tokens.css"));
    let tag = first.header("etag").expect("a tag").to_owned();
    for known in [
        tag.clone(),
        format!("W/{tag}"),
        format!("\"x\", {tag}"),
        "*".to_owned(),
    ] {
        let again = get(
            server.address,
            "GET /screens/shared/tokens.css",
            &[("If-None-Match", &known)],
        );
        assert_eq!(again.status, 304, "{known}");
        assert_eq!(again.header("etag"), Some(&*tag));
        assert_eq!(again.header("cache-control"), Some("no-cache"));
        assert!(again.body.is_empty());
    }
    let other = get(
        server.address,
        "GET /screens/shared/tokens.css",
        &[("If-None-Match", "\"x\"")],
    );
    assert_eq!(other.status, 200);
}

#[test]
fn text_is_compressed_for_whoever_takes_it() {
    let server = Server::start();
    let plain = get(server.address, "GET /screens/shared/tokens.css", &[]);
    let gzip = get(
        server.address,
        "GET /screens/shared/tokens.css",
        &[("Accept-Encoding", "br, gzip")],
    );
    assert_eq!(gzip.header("content-encoding"), Some("gzip"));
    assert!(gzip.body.len() < plain.body.len());
    let mut inflated = Vec::new();
    GzDecoder::new(&gzip.body[..])
        .read_to_end(&mut inflated)
        .expect("gzip");
    assert!(inflated == plain.body);
    assert_ne!(
        gzip.header("etag"),
        plain.header("etag"),
        "they are two representations"
    );
    for answer in [&gzip, &plain] {
        assert!(
            answer
                .header("vary")
                .is_some_and(|vary| vary.contains("accept-encoding"))
        );
    }
    let tag = gzip.header("etag").expect("a tag");
    let again = [("Accept-Encoding", "gzip"), ("If-None-Match", tag)];
    assert_eq!(
        get(server.address, "GET /screens/shared/tokens.css", &again).status,
        304
    );
    let font = "GET /screens/fonts/archivo-text.woff2";
    let font = get(server.address, font, &[("Accept-Encoding", "gzip")]);
    assert_eq!((font.status, font.header("content-encoding")), (200, None));
    assert_eq!(font.header("content-type"), Some("font/woff2"));
    assert!(font.body == on_disk("fonts/archivo-text.woff2"));
}

#[test]
fn head_is_answered_without_a_body_and_nothing_else_is_understood() {
    let server = Server::start();
    for path in [
        "/",
        "/kitchen",
        "/screens/shared/tokens.css",
        "/screens/build.json",
    ] {
        let whole = get(server.address, &format!("GET {path}"), &[]);
        let head = get(server.address, &format!("HEAD {path}"), &[]);
        assert_eq!(head.status, 200, "{path}");
        assert!(head.body.is_empty(), "{path}");
        for name in ["etag", "content-type", "content-length"] {
            assert_eq!(head.header(name), whole.header(name), "{path} {name}");
        }
    }
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        let answer = http::send(server.address, &format!("{method} /kitchen"), &[], "{}");
        assert_eq!(answer.header("allow"), Some("GET, HEAD"));
        assert_eq!(answer.refused(405), "METHOD_NOT_ALLOWED");
    }
}

#[test]
fn only_files_of_the_screens_are_served() {
    let server = Server::start();
    for path in [
        "/screens/",
        "/screens/../lib.rs",
        "/screens/../../routing.toml",
        "/screens/..%2flib.rs",
        "/screens/%2e%2e/lib.rs",
        "/screens/..\\lib.rs",
        "/screens/shared/../shared/tokens.css",
        "/screens/./shared/tokens.css",
        "/screens/shared//tokens.css",
        "/screens//shared/tokens.css",
        "/screens/shared/tokens.css/",
        "/screens/shared",
        "/screens/mod.rs",
        "/screens/interface.rs",
        "/screens/shared/tokens.css%00",
        "/screens/%73hared/tokens.css",
        "/screens//etc/passwd",
        "/screens/vendor/hooks.d.ts",
    ] {
        let answer = get(server.address, &format!("GET {path}"), &[]);
        assert_eq!(answer.status, 404, "{path}");
        let body: Value = serde_json::from_slice(&answer.body).expect("JSON");
        assert_eq!(body["code"], "NOT_FOUND", "{path}");
    }
}

#[test]
fn a_build_has_a_name_and_the_service_worker_may_have_all_pages() {
    let server = Server::start();
    let answer = get(server.address, "GET /screens/build.json", &[]);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let body: Value = serde_json::from_slice(&answer.body).expect("JSON");
    let build = body["build"].as_str().expect("a build");
    assert!(
        build.len() == 16 && build.bytes().all(|b| b.is_ascii_hexdigit()),
        "{build}"
    );
    let again = get(server.address, "GET /screens/build.json", &[]);
    assert_eq!(again.body, answer.body);
    let worker = get(server.address, "GET /sw.js", &[]);
    assert_eq!(worker.status, 200);
    assert_eq!(worker.header("service-worker-allowed"), Some("/"));
    assert_eq!(
        worker.header("content-type"),
        Some("text/javascript; charset=utf-8")
    );
    assert_eq!(worker.header("cache-control"), Some("no-cache"));
    let module = get(server.address, "GET /maitred.js", &[]);
    assert_eq!(
        (module.status, module.header("service-worker-allowed")),
        (200, None)
    );
    // what is said to readers of the file only stays away, and every line of code is the file's
    let (served, file) = (module.body, on_disk("shared/maitred.js"));
    let lines = |text: &[u8]| {
        String::from_utf8_lossy(text)
            .lines()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let (served, file) = (lines(&served), lines(&file));
    assert_eq!(served.len(), file.len());
    for (line, own) in served.iter().zip(&file) {
        assert!(
            line == own || line.is_empty(),
            "{line} is {own} in the file"
        );
    }
    assert!(served.iter().any(|line| line.contains("class Maitred")));
}

#[test]
fn a_page_elsewhere_may_use_the_module_where_the_listener_knows_it() {
    let server = Server::start();
    let known = [("Origin", "http://localhost:5173")];
    let answer = get(server.address, "GET /maitred.js", &known);
    assert_eq!(
        answer.header("access-control-allow-origin"),
        Some("http://localhost:5173")
    );
    let stranger = [("Origin", "https://elsewhere.example")];
    let answer = get(server.address, "GET /maitred.js", &stranger);
    assert_eq!(answer.header("access-control-allow-origin"), None);
    let token = token::mint(&server.place, "waiter");
    let asked = [
        ("Origin", "https://elsewhere.example"),
        ("Authorization", &*format!("Bearer {token}")),
    ];
    let refused = http::request(server.address, "GET /api/v1/menu", &asked, Value::Null);
    assert_eq!(refused.refused(403), "FORBIDDEN_ORIGIN");
}
