//! A table, a poller and a function that does as a test says.

use std::{
    future::Future,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Json, Router, extract::State, response::IntoResponse, routing::post};
use serde_json::{Value, json};
use tabletap_local::{
    functions::Invoker,
    guard::Guard,
    stream::{Checkpoint, StreamPoller},
    table::{Positions, Table},
    template::StreamSource,
};

/// Polls `holds` until it is true.
pub(crate) async fn eventually(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..1_000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never: {what}");
}

type Answer = Arc<dyn Fn(&Value) -> Result<Value, String> + Send + Sync>;
type Calls = Arc<Mutex<Vec<(Value, bool)>>>;

pub(crate) struct StreamBench {
    folder: Arc<tempfile::TempDir>,
    source: StreamSource,
    table: Table,
    client: aws_sdk_dynamodb::Client,
    calls: Calls,
    function: SocketAddr,
    poller: Mutex<Option<StreamPoller>>,
}

const TOKEN: &str = "of-this-run";
const FUNCTION: &str = "dispatcher";

impl StreamBench {
    pub(crate) async fn start(
        source: StreamSource,
        answer: impl Fn(&Value) -> Result<Value, String> + Send + Sync + 'static,
    ) -> Self {
        let bench = Self::start_paused(source, answer).await;
        bench.resume();
        bench
    }

    /// Nothing is delivered before `resume`, so that the first batch holds all that was written.
    pub(crate) async fn start_paused(
        source: StreamSource,
        answer: impl Fn(&Value) -> Result<Value, String> + Send + Sync + 'static,
    ) -> Self {
        let (function, calls) = serve(Arc::new(answer), "127.0.0.1:0".parse().unwrap()).await;
        Self::open(
            Arc::new(tempfile::tempdir().unwrap()),
            source,
            function,
            calls,
        )
        .await
    }

    /// The function's address refuses connections until `back`.
    pub(crate) async fn start_away(source: StreamSource) -> Self {
        let function = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let bench = Self::open(
            Arc::new(tempfile::tempdir().unwrap()),
            source,
            function,
            Calls::default(),
        )
        .await;
        bench.resume();
        bench
    }

    pub(crate) async fn back(
        mut self,
        answer: impl Fn(&Value) -> Result<Value, String> + Send + Sync + 'static,
    ) -> Self {
        self.calls = serve(Arc::new(answer), self.function).await.1;
        self
    }

    /// The same table and checkpoints, a new process.
    pub(crate) async fn restart(
        mut self,
        answer: impl Fn(&Value) -> Result<Value, String> + Send + Sync + 'static,
    ) -> Self {
        self.table.stop();
        let (function, calls) = serve(Arc::new(answer), "127.0.0.1:0".parse().unwrap()).await;
        let bench = Self::open(
            Arc::clone(&self.folder),
            self.source.clone(),
            function,
            calls,
        )
        .await;
        bench.resume();
        bench
    }

    async fn open(
        folder: Arc<tempfile::TempDir>,
        source: StreamSource,
        function: SocketAddr,
        calls: Calls,
    ) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let guard = Guard::of_part(TOKEN);
        let table = Table::serve(&folder.path().join("table.db"), listener, guard).unwrap();
        let client =
            aws_sdk_dynamodb::Client::new(&tabletap_local::aws::sdk_config(&endpoint, TOKEN));
        if table.stream.arn("orders").is_err() {
            create_table(&client).await;
        }
        let poller = StreamPoller {
            stream: table.stream.clone(),
            table: "orders".to_owned(),
            source: source.clone(),
            function: FUNCTION.to_owned(),
            invoker: Invoker::new(format!("http://{function}")),
            checkpoints: folder.path().to_owned(),
            dead_letters: folder.path().to_owned(),
            first_wait: Duration::from_millis(5),
            poll: None,
            positions: Arc::new(Positions::default()),
        };
        Self {
            folder,
            source,
            table,
            client,
            calls,
            function,
            poller: Mutex::new(Some(poller)),
        }
    }

    pub(crate) fn resume(&self) {
        let poller = self.poller.lock().unwrap().take().unwrap();
        self.table
            .runtime
            .spawn(async move { poller.run().await.unwrap() });
    }

    pub(crate) async fn put(&self, id: &str, sk: &str) {
        use aws_sdk_dynamodb::types::AttributeValue::{N, S};
        let put = self.client.put_item().table_name("orders");
        let put = put
            .item("pk", S(id.to_owned()))
            .item("sk", S(sk.to_owned()))
            .item("n", N("1".to_owned()));
        put.send().await.unwrap();
    }

    pub(crate) fn ids(event: &Value) -> Vec<String> {
        let records = event["Records"].as_array().unwrap();
        records
            .iter()
            .map(|r| {
                r["dynamodb"]["Keys"]["pk"]["S"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    }

    pub(crate) fn events(&self) -> Vec<Value> {
        self.calls
            .lock()
            .unwrap()
            .iter()
            .map(|(event, _)| event.clone())
            .collect()
    }

    pub(crate) fn delivered(&self) -> Vec<String> {
        self.events().iter().flat_map(Self::ids).collect()
    }

    pub(crate) fn succeeded(&self) -> Vec<String> {
        let calls = self.calls.lock().unwrap();
        calls
            .iter()
            .filter(|(_, ok)| *ok)
            .flat_map(|(event, _)| Self::ids(event))
            .collect()
    }

    pub(crate) fn checkpoint(&self) -> Option<String> {
        Checkpoint::new(self.folder.path(), FUNCTION).read()
    }

    pub(crate) fn dead_letters(&self) -> Vec<Value> {
        let path: PathBuf = self.folder.path().join(format!("{FUNCTION}.jsonl"));
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

async fn serve(answer: Answer, address: SocketAddr) -> (SocketAddr, Calls) {
    let calls = Calls::default();
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new()
        .route("/2015-03-31/functions/{name}/invocations", post(run))
        .with_state((answer, Arc::clone(&calls)));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, calls)
}

async fn run(
    State((answer, calls)): State<(Answer, Calls)>,
    Json(event): Json<Value>,
) -> impl IntoResponse {
    let outcome = answer(&event);
    calls.lock().unwrap().push((event, outcome.is_ok()));
    match outcome {
        Ok(answer) => Json(answer).into_response(),
        Err(message) => {
            let error = Json(json!({"errorType": "Error", "errorMessage": message}));
            ([("x-amz-function-error", "Unhandled")], error).into_response()
        }
    }
}

fn create_table(client: &aws_sdk_dynamodb::Client) -> impl Future<Output = ()> {
    use aws_sdk_dynamodb::types::{
        AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
        StreamSpecification, StreamViewType,
    };
    let attribute = |name: &str| {
        let builder = AttributeDefinition::builder().attribute_name(name);
        builder
            .attribute_type(ScalarAttributeType::S)
            .build()
            .unwrap()
    };
    let key = |name: &str, kind| {
        KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(kind)
            .build()
            .unwrap()
    };
    let stream = StreamSpecification::builder().stream_enabled(true);
    let create = client
        .create_table()
        .table_name("orders")
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute("pk"))
        .attribute_definitions(attribute("sk"))
        .key_schema(key("pk", KeyType::Hash))
        .key_schema(key("sk", KeyType::Range))
        .stream_specification(
            stream
                .stream_view_type(StreamViewType::NewAndOldImages)
                .build()
                .unwrap(),
        );
    async move {
        create.send().await.unwrap();
    }
}
