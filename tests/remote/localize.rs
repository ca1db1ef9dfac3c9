//! `render localize` with URLs: what is fetched is kept below the kustomization that names it.

use std::path::Path;

use crate::server::Response;
use crate::world::{World, map};

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|cause| format!("{}: {cause}", path.display()))
}

#[test]
fn repositories_and_files_are_kept_by_their_urls() {
    let world = World::new();
    let server = world.serve(|request| (request.path == "/a/map.yaml").then(|| Response::new(200, map("web"))));
    let (repository, file) = (world.repository(), server.url("/a/map.yaml"));
    world.write("work/kustomization.yaml", &format!("resources: ['{repository}//overlay?ref=v1', '{file}']\n"));
    let run = world.run(&["localize", "work", "copy"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("VERIFICATION SUCCESS"), "{}", run.stderr);
    let kept = world.path("srv/org/repo").display().to_string();
    let inside = format!("localized-files/file-schemed{kept}/v1");
    let text = read(&world.path("copy/kustomization.yaml"));
    assert_eq!(text, format!("resources:\n- {inside}/overlay\n- localized-files/127.0.0.1/a/map.yaml\n"));
    assert_eq!(read(&world.path(&format!("copy/{inside}/base/map.yaml"))), map("map"));
    assert_eq!(read(&world.path("copy/localized-files/127.0.0.1/a/map.yaml")), map("web"));
    server.take_requests();
    assert_eq!(world.run(&["build", "copy"]).names(), ["map-over", "web"]);
    assert!(server.take_requests().is_empty());
}

#[test]
fn a_directory_of_a_repository_can_be_the_target() {
    let world = World::new();
    let target = format!("{}//overlay?ref=v1", world.repository());
    let run = world.run(&["localize", &target]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    // The build is expected at the destination itself; the copy is complete.
    assert!(run.stderr.contains("unable to find one of 'kustomization.yaml'"), "{}", run.stderr);
    assert_eq!(world.run(&["build", "localized-overlay-v1/overlay"]).names(), ["map-over"]);
    let whole = format!("{}?ref=v1", world.repository());
    assert_eq!(world.run(&["localize", &whole]).code, Some(0));
    assert_eq!(world.run(&["build", "localized-repo.git-v1"]).names(), ["root-map"]);
}

#[test]
fn what_can_change_or_is_in_the_way_is_refused() {
    let world = World::new();
    let repository = world.repository();
    world.write("work/kustomization.yaml", &format!("resources: ['{repository}//base']\n"));
    let failed = |message: &str| {
        let run = world.run(&["localize", "work", "copy"]);
        run.reports(message);
        assert!(!world.path("copy").exists());
    };
    failed("missing ref query string parameter");
    world.write("work/kustomization.yaml", &format!("resources: ['{repository}//base?ref=v2']\n"));
    failed("could not localize path");
    world.write("work/kustomization.yaml", &format!("resources: ['{repository}//base?ref=v1']\n"));
    world.write("work/localized-files/file", "");
    failed("already contains localized-files needed to store root");
}
