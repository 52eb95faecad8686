//! The embedded table with both demo stores, and a broker.

use crate::Broker;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::{
    Client,
    config::{Credentials, SharedCredentialsProvider},
    types::{AttributeValue, PutRequest, WriteRequest},
};
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};
use std::{collections::BTreeMap, fs, path::Path};
use tabletap_domain::{
    OrderId, TableCode, TableId,
    menu::Menu,
    order::{Order, OrderStatus, PaymentStatus},
    store::StoreConfig,
    ticket::tickets_due,
    time::UnixMillis,
};
use tabletap_menu::file::{self, StoreFile};
use tabletap_store::{Store, schema};

/// The key that signs sessions in tests and in the samples of `events/`. It guards nothing.
pub const SESSION_KEY: &str = "a-key-for-tests-and-samples-only-it-guards-nothing";

/// The key that seals customers in tests. It guards nothing.
pub const CUSTOMER_KEY: &str = "a-key-for-tests-that-seals-nobody-who-is-real";

/// The table's name.
const TABLE_NAME: &str = "tabletap";

/// One row.
pub type Row = std::collections::HashMap<String, AttributeValue>;

/// The surroundings of a function under test: a table with two demo stores, AWS clients, and a broker.
#[derive(Debug)]
pub struct Kitchen {
    /// The table.
    pub store: Store,
    /// The configuration of AWS clients.
    pub sdk: SdkConfig,
    /// The IoT data endpoint, with the messages that were published.
    pub broker: Broker,
    /// The sushi bar: seatings open with the first order.
    pub sushi: StoreConfig,
    /// Its menu.
    pub sushi_menu: Menu,
    /// The bakery: a first order waits for the staff.
    pub bakery: StoreConfig,
    /// Its menu.
    pub bakery_menu: Menu,
    broker_endpoint: String,
    client: Client,
    _folder: tempfile::TempDir,
}

impl Kitchen {
    /// Both demo stores, imported and with their menus published. Table codes are `code-<store>-<table>-0123456789`.
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let endpoint = serve(&folder.path().join("table.db")).await;
        let credentials = Credentials::new("test", "test", None, None, "test");
        let sdk = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .endpoint_url(endpoint)
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        let client = Client::new(&sdk);
        schema::create(&client, TABLE_NAME).await.unwrap();
        let store = Store::new(client.clone(), TABLE_NAME);
        let (sushi, sushi_menu) = open_store(&store, "kumo-sushi").await;
        let (bakery, bakery_menu) = open_store(&store, "corner-bakery").await;
        let broker = Broker::default();
        let broker_endpoint = broker.serve().await;
        Self {
            store,
            sdk,
            broker,
            sushi,
            sushi_menu,
            bakery,
            bakery_menu,
            broker_endpoint,
            client,
            _folder: folder,
        }
    }

    /// The functions' environment.
    pub fn env(&self) -> impl Fn(&str) -> Option<String> + '_ {
        |name| match name {
            "TABLE_NAME" => Some(TABLE_NAME.to_owned()),
            // No payment account; a `Till` has its own.
            "STRIPE_ACCOUNTS" => Some("{}".to_owned()),
            "SITE_URL" => Some("https://order.example".to_owned()),
            "EVENT_BUS" => Some("tabletap".to_owned()),
            "SITE_BUCKET" => Some("site".to_owned()),
            "SESSION_KEY" => Some(SESSION_KEY.to_owned()),
            "CUSTOMER_KEY" => Some(CUSTOMER_KEY.to_owned()),
            "IOT_ENDPOINT" => Some(self.broker_endpoint.clone()),
            _ => None,
        }
    }

    /// The configuration of AWS clients, with one service, by its id such as `S3`, at another endpoint.
    #[must_use]
    pub fn sdk_with(&self, service: &'static str, endpoint: String) -> SdkConfig {
        let endpoint_override = EndpointOverride { service, endpoint };
        self.sdk
            .to_builder()
            .service_config(endpoint_override)
            .build()
    }

    /// Imports a store's set-up again and keeps its table codes.
    pub async fn import(&self, store: &StoreConfig) {
        self.store
            .import_store(store, &BTreeMap::new())
            .await
            .unwrap();
    }

    /// Opens another store from the text of a menu file, and publishes its menu.
    pub async fn open_store_from(&self, text: &str) -> StoreConfig {
        let file = file::read(text, &file::Images::new()).unwrap();
        let tables = file.store.tables.iter().map(|table| &table.id);
        let code = |table: &TableId| {
            TableCode::parse(&format!("code-{}-{table}-0123456789", file.store.slug)).unwrap()
        };
        let codes = tables.map(|table| (table.clone(), code(table))).collect();
        let imported = self.store.import_store(&file.store, &codes);
        imported.await.unwrap();
        let menu = self.store.publish_menu(&file.store.key, &file.menu);
        menu.await.unwrap();
        file.store
    }

    /// Another sushi bar of the same tenant, with a table `t1`. It sells the same menu.
    pub async fn open_branch(&self, number: u32) -> StoreConfig {
        let mut branch = self.sushi.clone();
        branch.key.store = format!("branch-{number}").parse().unwrap();
        branch.slug = format!("branch-{number}").parse().unwrap();
        branch.tables.retain(|table| table.id.as_str() == "t1");
        let code = TableCode::parse(&format!("code-branch-{number}-t1-0123456789")).unwrap();
        let codes = BTreeMap::from([(TableId::parse("t1").unwrap(), code)]);
        let imported = self.store.import_store(&branch, &codes);
        imported.await.unwrap();
        let menu = self.store.publish_menu(&branch.key, &self.sushi_menu);
        menu.await.unwrap();
        branch
    }

    /// Moves an order's head to `placed` and paid, with these times, as the payment's confirmation does.
    pub async fn settle_paid(
        &self,
        order: &Order,
        fire_at: UnixMillis,
        ready_at: UnixMillis,
    ) -> Order {
        let paid = Order {
            status: OrderStatus::Placed,
            payment: PaymentStatus::Paid,
            fire_at: Some(fire_at),
            ready_at: Some(ready_at),
            ..order.clone()
        };
        let (tenant, store) = (&order.store.tenant, &order.store.store);
        let text = |text: String| AttributeValue::S(text);
        let due = format!("{}#{}", tickets_due(paid.fire_at, paid.placed_at), order.id);
        let change = "SET #status = :placed, payment = :paid, fire_at = :fire, ready_at = :ready, \
                      due_pk = :due_pk, due_sk = :due_sk";
        self.client
            .update_item()
            .table_name(TABLE_NAME)
            .key("pk", text(format!("ORDER#{tenant}#{store}#{}", order.id)))
            .key("sk", text("HEAD".to_owned()))
            .update_expression(change)
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":placed", text(paid.status.to_string()))
            .expression_attribute_values(":paid", text(paid.payment.to_string()))
            .expression_attribute_values(":fire", AttributeValue::N(fire_at.0.to_string()))
            .expression_attribute_values(":ready", AttributeValue::N(ready_at.0.to_string()))
            .expression_attribute_values(":due_pk", text(format!("DUE#{tenant}#{store}")))
            .expression_attribute_values(":due_sk", text(due))
            .send()
            .await
            .unwrap();
        paid
    }

    /// Every row, sorted: two results are equal if nothing was written in between.
    pub async fn rows(&self) -> Vec<Row> {
        let scan = self
            .client
            .scan()
            .table_name(TABLE_NAME)
            .into_paginator()
            .items()
            .send();
        let mut rows = scan.collect::<Result<Vec<_>, _>>().await.unwrap();
        rows.sort_by_key(|row| ["pk", "sk"].map(|name| row[name].as_s().unwrap().clone()));
        rows
    }

    /// The number of rows with this sort key.
    pub async fn count(&self, sk: &str) -> usize {
        let has = |row: &&Row| row["sk"].as_s().unwrap() == sk;
        self.rows().await.iter().filter(has).count()
    }

    /// Makes an attribute unreadable in the row with this sort key.
    pub async fn corrupt(&self, sk: &str, attribute: &str) {
        let is_wanted = |row: &Row| row["sk"].as_s().unwrap() == sk;
        let mut row = self.rows().await.into_iter().find(is_wanted).unwrap();
        row.insert(attribute.to_owned(), AttributeValue::S("spoilt".to_owned()));
        let put = self.client.put_item().table_name(TABLE_NAME);
        put.set_item(Some(row)).send().await.unwrap();
    }

    /// Sets a number in the row with this sort key.
    pub async fn set_number(&self, sk: &str, attribute: &str, value: i64) {
        let is_wanted = |row: &Row| row["sk"].as_s().unwrap() == sk;
        let mut row = self.rows().await.into_iter().find(is_wanted).unwrap();
        row.insert(attribute.to_owned(), AttributeValue::N(value.to_string()));
        let put = self.client.put_item().table_name(TABLE_NAME);
        put.set_item(Some(row)).send().await.unwrap();
    }

    /// Copies the order's row with this sort key into the partitions of other orders, which have no other rows.
    pub async fn copy_row(&self, order: &OrderId, sk: &str, copies: u32) {
        let is_wanted = |row: &Row| {
            row["sk"].as_s().unwrap() == sk && row["pk"].as_s().unwrap().ends_with(order.hex())
        };
        let row = self.rows().await.into_iter().find(is_wanted).unwrap();
        let copy = |number: u32| {
            let renamed = |value: &AttributeValue| match value {
                AttributeValue::S(text) => {
                    AttributeValue::S(text.replace(order.hex(), &format!("{number:032x}")))
                }
                other => other.clone(),
            };
            let renamed = row
                .iter()
                .map(|(name, value)| (name.clone(), renamed(value)));
            let put = PutRequest::builder().set_item(Some(renamed.collect()));
            WriteRequest::builder()
                .put_request(put.build().unwrap())
                .build()
        };
        let writes: Vec<WriteRequest> = (1..=copies).map(copy).collect();
        for some in writes.chunks(25) {
            let write = self.client.batch_write_item();
            let written = write.request_items(TABLE_NAME, some.to_vec()).send().await;
            assert!(
                written
                    .unwrap()
                    .unprocessed_items
                    .unwrap_or_default()
                    .is_empty()
            );
        }
    }

    /// Rewrites a text attribute of the row whose partition ends like this, with this sort key.
    pub async fn rewrite(
        &self,
        partition: &str,
        sk: &str,
        attribute: &str,
        change: impl Fn(&str) -> String,
    ) {
        let is_wanted = |row: &Row| {
            row["sk"].as_s().unwrap() == sk && row["pk"].as_s().unwrap().ends_with(partition)
        };
        let mut row = self.rows().await.into_iter().find(is_wanted).unwrap();
        let was = row[attribute].as_s().unwrap().clone();
        let is = change(&was);
        assert_ne!(is, was, "{attribute} of {partition} {sk}");
        row.insert(attribute.to_owned(), AttributeValue::S(is));
        let put = self.client.put_item().table_name(TABLE_NAME);
        put.set_item(Some(row)).send().await.unwrap();
    }

    /// Makes an order wait for the staff, as under the house rule `staff_tap`.
    pub async fn hold(&self, order: &Order) {
        let key = |name: &str, value: String| (name.to_owned(), AttributeValue::S(value));
        let is_head = |row: &Row| {
            let pk = row["pk"].as_s().unwrap();
            row["sk"].as_s().unwrap() == "HEAD" && pk.ends_with(order.id.as_str())
        };
        let row = self.rows().await.into_iter().find(is_head).unwrap();
        let hold = self.client.update_item().table_name(TABLE_NAME);
        hold.set_key(Some(
            [
                key("pk", row["pk"].as_s().unwrap().clone()),
                key("sk", "HEAD".to_owned()),
            ]
            .into(),
        ))
        .update_expression("SET held = :yes")
        .expression_attribute_values(":yes", AttributeValue::Bool(true))
        .send()
        .await
        .unwrap();
    }

    /// The row of a head, with its attributes as a stream record's image shows them.
    pub async fn head_image(&self, order_id: &str) -> serde_json::Value {
        self.image(order_id, "HEAD").await
    }

    /// The row whose partition ends like this, with this sort key, as an image.
    pub async fn image(&self, partition: &str, sk: &str) -> serde_json::Value {
        let is_wanted = |row: &Row| {
            row["sk"].as_s().unwrap() == sk && row["pk"].as_s().unwrap().ends_with(partition)
        };
        let row = self.rows().await.into_iter().find(is_wanted).unwrap();
        let attribute = |value: AttributeValue| match value {
            AttributeValue::S(text) => serde_json::json!({"S": text}),
            AttributeValue::N(number) => serde_json::json!({"N": number}),
            AttributeValue::Bool(flag) => serde_json::json!({"BOOL": flag}),
            other => panic!("no such row has {other:?}"),
        };
        row.into_iter()
            .map(|(name, value)| (name, attribute(value)))
            .collect()
    }
}

#[derive(Debug)]
struct EndpointOverride {
    service: &'static str,
    endpoint: String,
}

impl LoadServiceConfig for EndpointOverride {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let is_wanted = key.service_id() == self.service && key.env() == "AWS_ENDPOINT_URL";
        is_wanted.then(|| self.endpoint.clone())
    }
}

/// The menu file of a demo restaurant, with its pictures.
#[must_use]
pub fn demo(name: &str) -> StoreFile {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../demo");
    let text = fs::read_to_string(folder.join(format!("{name}.yaml"))).unwrap();
    let images = fs::read_dir(folder.join("images")).unwrap().flatten();
    let images = images.map(|entry| {
        (
            entry.file_name().into_string().unwrap(),
            fs::read(entry.path()).unwrap(),
        )
    });
    file::read(&text, &images.collect()).unwrap()
}

async fn open_store(store: &Store, name: &str) -> (StoreConfig, Menu) {
    let file = demo(name);
    let code =
        |table: &TableId| TableCode::parse(&format!("code-{name}-{table}-0123456789")).unwrap();
    let tables = file
        .store
        .tables
        .iter()
        .map(|table| (table.id.clone(), code(&table.id)));
    store
        .import_store(&file.store, &tables.collect::<BTreeMap<_, _>>())
        .await
        .unwrap();
    store
        .publish_menu(&file.store.key, &file.menu)
        .await
        .unwrap();
    (file.store, file.menu)
}

async fn serve(file: &Path) -> String {
    let database = dynoxide::Database::new(file.to_str().unwrap()).unwrap();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    endpoint
}
