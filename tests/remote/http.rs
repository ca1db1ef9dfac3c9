//! Single files over HTTP: where they can be used, what a server may respond, and what is cached.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::time::Duration;

use crate::server::{Request, Response, Server};
use crate::world::{Run, World, map, resources};

fn ok(text: impl Into<String>) -> Option<Response> {
    Some(Response::new(200, text))
}

/// A server with a few files.
fn files(world: &World) -> Server {
    world.serve(|request| match request.path.as_str() {
        "/map.yaml" => ok(map("map")),
        "/patch.yaml" => ok(map("map") + "data: {a: patched}\n"),
        "/json.yaml" => ok(r#"[{"op": "add", "path": "/data/b", "value": "json"}]"#),
        "/app.properties" => ok("x=1\n"),
        "/empty.yaml" => ok(""),
        "/page" => ok("<!doctype html>\n<p>kind"),
        "/moved" => Some(Response::new(302, "").header("Location", "/map.yaml")),
        "/loop" => Some(Response::new(302, "").header("Location", "/loop")),
        _ => None,
    })
}

#[test]
fn a_url_can_be_used_wherever_a_path_can() {
    let world = World::new();
    let server = files(&world);
    let (map, patch, json, properties) =
        (server.url("/map.yaml"), server.url("/patch.yaml"), server.url("/json.yaml"), server.url("/app.properties"));
    let run = world.build(&format!(
        "resources: ['{map}']\npatches: [{{path: '{patch}'}}, {{path: '{json}', target: {{name: map}}}}]\n\
         configMapGenerator: [{{name: gen, files: ['{properties}', 'k={properties}'], envs: ['{properties}'],\n\
         options: {{disableNameSuffixHash: true}}}}]\n"
    ));
    let data = "data:\n  app.properties: |\n    x=1\n  k: |\n    x=1\n  x: \"1\"\n";
    let generated = format!("apiVersion: v1\n{data}kind: ConfigMap\nmetadata:\n  name: gen\n");
    let patched = "apiVersion: v1\ndata:\n  a: patched\n  b: json\nkind: ConfigMap\nmetadata:\n  name: map\n";
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), (format!("{generated}---\n{patched}").as_str(), ""));
    assert_eq!(server.take_requests().len(), 4, "each file is requested once");
}

#[test]
fn redirects_are_followed_ten_times() {
    let world = World::new();
    let server = files(&world);
    assert_eq!(world.build(&resources(&[&server.url("/moved")])).names(), ["map"]);
    world.build(&resources(&[&server.url("/loop")])).reports("error[redirect]");
}

#[test]
fn invalid_responses_are_errors() {
    let world = World::new();
    let server = files(&world);
    let build = |path: &str| world.build(&resources(&[&server.url(path)]));
    build("/none").reports("error[http-status]: can't fetch");
    build("/none").reports("/none`: the server returned 404 Not Found");
    world.build(&resources(&[&server.url("/map.yaml").replace("http:", "https:")])).reports("error[tls]");
    build("/page").reports("error[web-page]: can't fetch");
    build("/long/enough/for/a/repository")
        .reports("= help: it can't be fetched as a file either: the server returned 404 Not Found");
    assert_eq!(build("/empty.yaml").names(), [""; 0]);
    world
        .build("resources: ['http://127.0.0.1:9']\n")
        .reports("error[http]: can't fetch `http://127.0.0.1:9`: connection refused");
    world.build(&format!("components: ['{}']\n", server.url("/map.yaml"))).reports("is not a valid URL of a git repository");
}

#[test]
fn locations_in_a_file_are_its_url() {
    let world = World::new();
    let server = world.serve(|_| ok("kind: Pod\nmetadata: {}\n"));
    let url = server.url("/a/pod.yaml?token=hidden");
    let run = world.build(&resources(&[&url]));
    run.reports(&format!(" --> {}:1:1", server.url("/a/pod.yaml?token=***")));
}

#[test]
fn credentials_are_sent_but_never_reported() {
    let world = World::new();
    let server = world.serve(|request| match request.header("authorization") {
        Some("Basic bWU6aHVudGVyQDI=") => ok(map("private")),
        _ => Some(Response::new(403, "")),
    });
    assert_eq!(world.build(&resources(&[&server.url_of("me:hunter%402", "/a")])).names(), ["private"]);
    for user in ["me:hunter3", "hunter3"] {
        for path in ["/a?key=hunter3", "/o/r.git//a?token=hunter3"] {
            let run = world.build(&resources(&[&server.url_of(user, path)]));
            assert!(!run.error().contains("hunter"), "{}", run.stderr);
            run.reports("***");
        }
    }
}

#[test]
fn a_request_to_a_busy_server_is_repeated() {
    let world = World::new();
    let asked = AtomicUsize::new(0);
    let server = world.serve(move |_| match asked.fetch_add(1, Ordering::Relaxed) {
        0 => Some(Response::new(503, "")),
        _ => ok(map("late")),
    });
    assert_eq!(world.build(&resources(&[&server.url("/map.yaml")])).names(), ["late"]);
}

#[test]
fn an_unchanged_file_is_not_transferred_again() {
    let world = World::new();
    let server = world.serve(|request| match request.header("if-none-match") {
        Some("\"1\"") => Some(Response::new(304, "")),
        _ => Some(Response::new(200, map("map")).header("ETag", "\"1\"")),
    });
    let text = resources(&[&server.url("/map.yaml")]);
    for _ in 0..2 {
        assert_eq!(world.build(&text).names(), ["map"]);
        assert_eq!(server.take_requests().len(), 1);
    }
    assert_eq!(world.build_with(&text, &["--offline"]).names(), ["map"]);
    assert_eq!(server.take_requests().len(), 0);
    world.build_with(&resources(&[&server.url("/other.yaml")]), &["--offline"]).reports("error[offline]");
}

#[test]
fn files_are_fetched_at_the_same_time() {
    let world = World::new();
    let barrier = Arc::new(Barrier::new(3));
    let server = world.serve(move |request: &Request| {
        // No request is answered until all have arrived.
        barrier.wait();
        ok(map(request.path.trim_start_matches('/')))
    });
    let run =
        world.build(&resources(&[&server.url("/c?timeout=20"), &server.url("/a?timeout=20"), &server.url("/b?timeout=20")]));
    assert_eq!(run.names(), ["a", "b", "c"]);
}

#[test]
fn a_proxy_is_used_for_its_scheme_but_not_for_local_hosts() {
    let world = World::new();
    let server = world.serve(|request| match request.header("host") {
        Some("host.test") => ok(map("by-proxy")),
        _ => ok(map("direct")),
    });
    for (url, no_proxy, name) in [
        ("http://host.test/map.yaml", "other.test", Ok("by-proxy")),
        (&server.url("/map.yaml"), "", Ok("direct")),
        ("http://host.test/map.yaml", "test", Err("error[http]")),
    ] {
        world.write("work/kustomization.yaml", &resources(&[url]));
        let mut command = world.render(&["build", "work"]);
        command.env("HTTP_PROXY", server.url("")).env_remove("no_proxy").env("NO_PROXY", no_proxy);
        let run = Run::from(command.output().expect("the program starts"));
        match name {
            Ok(name) => assert_eq!(run.names(), [name]),
            Err(code) => run.reports(code),
        }
    }
}

#[test]
fn a_server_must_respond_within_the_timeout() {
    let world = World::new();
    let server = world.serve(|_| {
        std::thread::sleep(Duration::from_secs(60));
        None
    });
    world.build(&resources(&[&server.url("/map.yaml?timeout=300ms")])).reports("the server took longer than 0.3 s");
}
