//! The diner's journey in a real browser, on the built page, against the running program.

use std::{path::Path, process::Command};
use tabletap_tests::Program;

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_orders_with_a_phone_and_sees_the_order_on_paper() {
    let program = Program::start().await;
    let frontend = Path::new(env!("CARGO_MANIFEST_DIR")).join("../frontend");
    assert!(
        frontend.join("node_modules").exists(),
        "the page is not set up; run `make build` first"
    );
    let diwan = Path::new(env!("CARGO_MANIFEST_DIR")).join("menus/diwan.yaml");
    let published = program.command(&["menu", "publish", &diwan.to_string_lossy()]);
    assert!(published.status.success(), "{published:?}");
    let mut journey = Command::new("npx");
    journey
        .args(["playwright", "test"])
        .current_dir(frontend)
        .env("BASE_URL", program.url())
        .env("TABLETAP_DATA", program.data());
    let status = tokio::task::spawn_blocking(move || journey.status())
        .await
        .expect("it ran");
    assert!(
        status.expect("npx is there").success(),
        "the browser journeys failed, see above"
    );
}
