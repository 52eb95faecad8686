//! The bucket as the SDK's client sees it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use aws_sdk_s3::{Client, config::Builder};
use tabletap_local::{
    aws::sdk_config,
    bucket::{Bucket, Condition, Headers, Object, s3},
};

async fn open(folder: &tempfile::TempDir) -> Client {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = s3::router("site", Bucket::new(folder.path().to_owned()));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Client::from_conf(Builder::from(&sdk_config(&url, "")).build())
}

#[tokio::test]
async fn an_object_is_read_back_with_the_headers_it_was_written_with() {
    let folder = tempfile::tempdir().unwrap();
    let client = open(&folder).await;
    let put = client.put_object().bucket("site").key("m/a b/index.html");
    let put = put.content_type("text/html").cache_control("max-age=5");
    let written = put.body(b"<p>".to_vec().into()).send().await.unwrap();
    let get = client.get_object().bucket("site").key("m/a b/index.html");
    let got = get.send().await.unwrap();
    assert_eq!(got.e_tag(), written.e_tag());
    assert_eq!(got.content_type(), Some("text/html"));
    assert_eq!(got.cache_control(), Some("max-age=5"));
    assert_eq!(got.body.collect().await.unwrap().to_vec(), b"<p>");
    let head = client.head_object().bucket("site").key("m/none");
    let missing = head.send().await.unwrap_err().into_service_error();
    assert!(missing.is_not_found());
    let list = client.list_objects_v2().bucket("site").prefix("m/");
    let listed = list.send().await.unwrap();
    let keys: Vec<_> = listed.contents().iter().filter_map(|o| o.key()).collect();
    assert_eq!(keys, ["m/a b/index.html"], "and no file of headers");
}

#[tokio::test]
async fn a_condition_that_does_not_hold_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let client = open(&folder).await;
    let put = |text: &str| {
        let put = client.put_object().bucket("site").key("page");
        put.body(text.as_bytes().to_vec().into())
    };
    let first = put("1").if_none_match("*").send().await.unwrap();
    let etag = first.e_tag().unwrap();
    assert!(put("2").if_none_match("*").send().await.is_err());
    assert!(put("2").if_match("\"other\"").send().await.is_err());
    assert_eq!(std::fs::read(folder.path().join("page")).unwrap(), b"1");
    put("2").if_match(etag).send().await.unwrap();
    assert!(
        put("3").if_match(etag).send().await.is_err(),
        "it is another by now"
    );
    assert_eq!(std::fs::read(folder.path().join("page")).unwrap(), b"2");
}

#[tokio::test]
async fn no_key_leaves_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let bucket = Bucket::new(folder.path().join("site"));
    for key in ["../x", "m/../../x", ".headers/x", "m//x", "m/x\\y", "/x"] {
        let object = Object {
            bytes: b"x".to_vec(),
            headers: Headers::default(),
        };
        assert!(bucket.put(key, &object, &Condition::None).is_err(), "{key}");
        assert_eq!(bucket.get(key).unwrap(), None, "{key}");
    }
    assert!(!folder.path().join("x").exists());
}
