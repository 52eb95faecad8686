//! The functions this program was built with: one line each.

use std::{collections::BTreeMap, future::Future, sync::Arc};

use anyhow::{Context as _, Result, bail};
use aws_config::SdkConfig;
use bytes::Bytes;
use futures_util::FutureExt;
use lambda_http::{Adapter, Body, Request, Response, request::LambdaRequest, service_fn};
use lambda_runtime::{Context, LambdaEvent, tower::ServiceExt};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use tabletap_runtime::Env;

use super::{FunctionError, Handler};
use crate::{
    aws,
    template::{Function, Template},
};

/// The handlers of every function of `template`, against the table at `table_url`.
///
/// # Errors
/// When a function refuses its environment, or the template names one that is not in this list.
pub fn handlers(template: &Template, table_url: &str) -> Result<BTreeMap<String, Handler>> {
    let sdk = aws::sdk_config(table_url);
    let mut handlers = BTreeMap::new();
    for function in &template.functions {
        let name = function.name.clone();
        let handler = handler(function, &sdk).with_context(|| format!("the function `{name}`"))?;
        handlers.insert(name, handler);
    }
    Ok(handlers)
}

fn handler(function: &Function, sdk: &SdkConfig) -> Result<Handler> {
    let look_up = |name: &str| function.environment.get(name).cloned();
    let env = Env::new(&look_up);
    macro_rules! http {
        ($module:ident :: $name:ident) => {{
            let function = Arc::new($module::$name::new($module::Config::from_env(env)?, sdk));
            http(move |request| {
                let function = Arc::clone(&function);
                async move { function.handle(request).await }
            })
        }};
    }
    macro_rules! event {
        ($module:ident :: $name:ident) => {{
            let function = Arc::new($module::$name::new($module::Config::from_env(env)?, sdk));
            event(move |event| {
                let function = Arc::clone(&function);
                async move { function.handle(event).await }
            })
        }};
    }
    Ok(match function.name.as_str() {
        "table-session" => http!(table_session::TableSession),
//        "cart-intake" => http!(cart_intake::CartIntake),
//        "order-status" => http!(order_status::OrderStatus),
//        "print-dispatcher" => event!(print_dispatcher::PrintDispatcher),
//        "printer-events" => event!(printer_events::PrinterEvents),
//        "sweeper" => event!(sweeper::Sweeper),
        _ => bail!("the template names it, but this program was not built with it"),
    })
}

/// A handler of HTTP requests, as `lambda_http::run` hands them over.
fn http<F, Fut>(handle: F) -> Handler
where
    F: Fn(Request) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<Response<Body>, lambda_http::Error>> + Send + 'static,
{
    Arc::new(move |event: Bytes, context: Context| {
        let adapter = Adapter::from(service_fn(handle.clone()));
        async move {
            let request: LambdaRequest = read(&event)?;
            let answer = adapter.oneshot(LambdaEvent::new(request, context)).await;
            write(&answer.map_err(failed)?)
        }
        .boxed()
    })
}

/// A handler of one kind of event.
fn event<E, R, X, F, Fut>(handle: F) -> Handler
where
    E: DeserializeOwned + Send + 'static,
    R: Serialize + Send,
    X: std::fmt::Display,
    F: Fn(E) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<R, X>> + Send + 'static,
{
    Arc::new(move |event: Bytes, _context: Context| {
        let handle = handle.clone();
        async move { write(&handle(read(&event)?).await.map_err(failed)?) }.boxed()
    })
}

fn read<T: DeserializeOwned>(event: &Bytes) -> Result<T, FunctionError> {
    serde_json::from_slice(event).map_err(|error| FunctionError {
        kind: "Runtime.InvalidEvent".to_owned(),
        message: error.to_string(),
    })
}

fn write<T: Serialize>(answer: &T) -> Result<Value, FunctionError> {
    serde_json::to_value(answer).map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> FunctionError {
    FunctionError { kind: "Error".to_owned(), message: error.to_string() }
}
