//! A table for a test: the embedded one on a file of its own, or the one at `TABLETAP_TEST_DYNAMODB_ENDPOINT`. And every request that
//! the store sent to it.

use aws_sdk_dynamodb::{
    Client, Config,
    config::{
        BehaviorVersion, ConfigBag, Credentials, Intercept, Region, RuntimeComponents,
        interceptors::BeforeTransmitInterceptorContextRef,
    },
    error::BoxError,
};
use std::{
    path::Path,
    sync::{Arc, Mutex},
};
use tabletap_domain::{StoreKey, time::UnixMillis};
use tabletap_store::{Due, Store, schema};

/// A table of its own.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) store: Store,
    pub(crate) client: Client,
    pub(crate) name: String,
    pub(crate) requests: Requests,
    _folder: tempfile::TempDir,
}

impl Table {
    pub(crate) async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let endpoint = match std::env::var_os("TABLETAP_TEST_DYNAMODB_ENDPOINT") {
            Some(endpoint) => endpoint.into_string().unwrap(),
            None => serve(&folder.path().join("table.db")).await,
        };
        let requests = Requests::default();
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .endpoint_url(endpoint)
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .interceptor(requests.clone())
            .build();
        let client = Client::from_conf(config);
        let unique = folder.path().file_name().unwrap().to_string_lossy();
        let name = format!("tabletap-test{unique}");
        schema::create(&client, &name).await.unwrap();
        let store = Store::new(client.clone(), name.as_str());
        Self {
            store,
            client,
            name,
            requests,
            _folder: folder,
        }
    }

    /// Another function's view of the same table.
    pub(crate) fn other_store(&self) -> Store {
        Store::new(self.client.clone(), self.name.as_str())
    }

    /// Everything that is due, the kitchen's first.
    pub(crate) async fn due(&self, store: &StoreKey, now: UnixMillis) -> Vec<Due> {
        let kitchens = self.store.kitchen_due(store, now, None, 100).await.unwrap();
        let later = self.store.later_due(store, now, 100).await.unwrap();
        kitchens.due.into_iter().chain(later).collect()
    }

    /// Everything in the table.
    pub(crate) async fn rows(&self) -> Vec<Row> {
        let scan = self
            .client
            .scan()
            .table_name(&self.name)
            .into_paginator()
            .items()
            .send();
        let mut rows = scan.collect::<Result<Vec<_>, _>>().await.unwrap();
        rows.sort_by_key(|row| (text(row, "pk"), text(row, "sk")));
        rows
    }
}

pub(crate) type Row = std::collections::HashMap<String, aws_sdk_dynamodb::types::AttributeValue>;

pub(crate) fn text(row: &Row, name: &str) -> String {
    row[name].as_s().unwrap().clone()
}

async fn serve(file: &Path) -> String {
    let database = dynoxide::Database::new(file.to_str().unwrap()).unwrap();
    // Without it each write looks through all stream records before it.
    let index = "CREATE INDEX IF NOT EXISTS ix_stream_sequence
                 ON _stream_records(table_name, CAST(sequence_number AS INTEGER))";
    rusqlite::Connection::open(file)
        .unwrap()
        .execute_batch(index)
        .unwrap();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    endpoint
}

/// What was asked of the table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Requests(Arc<Mutex<Vec<Request>>>);

/// One request, as the protocol names it.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// E.g. `Query`.
    pub(crate) operation: String,
    pub(crate) body: serde_json::Value,
}

impl Requests {
    /// What was asked since the last time.
    pub(crate) fn take(&self) -> Vec<Request> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Intercept for Requests {
    fn name(&self) -> &'static str {
        "Requests"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request();
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let body = serde_json::from_slice(request.body().bytes().unwrap_or_default())?;
        self.0.lock().unwrap().push(Request { operation, body });
        Ok(())
    }
}
