//! The functions this program was built with: those that its Cargo.toml names.

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
use tokio::{
    sync::{mpsc, oneshot},
    task::{LocalSet, spawn_local},
};

use super::{FunctionError, Handler};
use crate::{
    roles,
    template::{Function, Template},
};

/// The handlers of every function of `template`, each with its role's rights against the parts that `sdk` leads to.
///
/// # Errors
/// When a function refuses its environment, or the template names one that is not in this list.
pub fn handlers(template: &Template, sdk: &SdkConfig) -> Result<BTreeMap<String, Handler>> {
    let mut handlers = BTreeMap::new();
    for function in &template.functions {
        let name = function.name.clone();
        let sdk = roles::of_role(sdk, &name, &function.role);
        let handler = handler(function, &sdk).with_context(|| format!("the function `{name}`"))?;
        handlers.insert(name, handler);
    }
    Ok(handlers)
}

fn handler(function: &Function, sdk: &SdkConfig) -> Result<Handler> {
    let look_up = |name: &str| function.environment.get(name).cloned();
    let env = Env::new(&look_up);
    // A function lives as long as its process, here as in Lambda.
    macro_rules! hosted {
        ($function:ty, $config:ty) => {{
            let hosted = <$function>::new(<$config>::from_env(env)?, sdk);
            let hosted: &'static $function = Box::leak(Box::new(hosted));
            (move |event| hosted.handle(event)).host(&function.name)?
        }};
    }
    // One line for each function that Cargo.toml names, written by build.rs.
    Ok(include!(concat!(env!("OUT_DIR"), "/functions.rs")))
}

/// What can be hosted: `handle` of a function. The compiler picks the implementation by what `handle` takes, which `Event` stands for.
trait Hosted<Event> {
    fn host(self, name: &str) -> Result<Handler>;
}

/// A handler of HTTP requests, as `lambda_http::run` hands them over.
impl<F, Fut> Hosted<Request> for F
where
    F: Fn(Request) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<Response<Body>, lambda_http::Error>> + Send + 'static,
{
    fn host(self, _: &str) -> Result<Handler> {
        Ok(Arc::new(move |event: Bytes, context: Context| {
            let adapter = Adapter::from(service_fn(self.clone()));
            async move {
                let request: LambdaRequest = read(&event)?;
                let answer = adapter.oneshot(LambdaEvent::new(request, context)).await;
                write(&answer.map_err(failed)?)
            }
            .boxed()
        }))
    }
}

/// A handler of one kind of event, on a thread of its own: as in Lambda its future never leaves it, so it need not be
/// able to. A run is stopped when its invocation is dropped, which is what a time-out does.
impl<E, R, X, F, Fut> Hosted<LambdaEvent<E>> for F
where
    E: DeserializeOwned + Send + 'static,
    R: Serialize + 'static,
    X: std::fmt::Display + 'static,
    F: Fn(LambdaEvent<E>) -> Fut + Send + 'static,
    Fut: Future<Output = Result<R, X>> + 'static,
{
    fn host(self, name: &str) -> Result<Handler> {
        type Job<E> = (
            LambdaEvent<E>,
            oneshot::Sender<Result<Value, FunctionError>>,
        );
        let (jobs, mut received) = mpsc::unbounded_channel::<Job<E>>();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                LocalSet::new().block_on(&runtime, async move {
                    while let Some((event, mut reply)) = received.recv().await {
                        let running = self(event);
                        spawn_local(async move {
                            // Nobody waits any more where the invocation has timed out. Asked first, so that the run makes no further step:
                            // its event may be running again.
                            let answer = tokio::select! {
                                biased;
                                () = reply.closed() => return,
                                answer = running => answer,
                            };
                            let answer = answer.map_err(failed).and_then(|answer| write(&answer));
                            let _ = reply.send(answer);
                        });
                    }
                });
            })?;
        Ok(Arc::new(move |event: Bytes, context: Context| {
            let jobs = jobs.clone();
            async move {
                let (reply, answer) = oneshot::channel();
                let ended = || FunctionError {
                    kind: "Runtime.ExitError".to_owned(),
                    message: "the function panicked".to_owned(),
                };
                jobs.send((LambdaEvent::new(read(&event)?, context), reply))
                    .map_err(|_| ended())?;
                answer.await.map_err(|_| ended())?
            }
            .boxed()
        }))
    }
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
    FunctionError {
        kind: "Error".to_owned(),
        message: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use std::{
        convert::Infallible,
        sync::atomic::{AtomicU32, Ordering},
        time::Duration,
    };

    use futures_util::future::{Either, select};
    use tokio::sync::Semaphore;

    use super::*;

    #[derive(Debug, PartialEq, Eq)]
    enum Step {
        Began(u32),
        Finished(u32),
        Gone(u32),
    }

    /// Says when a run is gone, however it ended.
    struct Run(u32, mpsc::UnboundedSender<Step>);

    impl Drop for Run {
        fn drop(&mut self) {
            let _ = self.1.send(Step::Gone(self.0));
        }
    }

    #[tokio::test]
    async fn a_run_whose_invocation_has_timed_out_makes_no_further_step_while_its_event_runs_again()
    {
        let (said, mut steps) = mpsc::unbounded_channel();
        let gate = Arc::new(Semaphore::new(0));
        let handle = {
            let (gate, count) = (Arc::clone(&gate), AtomicU32::new(1));
            move |_: LambdaEvent<Value>| {
                let number = count.fetch_add(1, Ordering::Relaxed);
                let run = Run(number, said.clone());
                let gate = Arc::clone(&gate);
                async move {
                    let _ = run.1.send(Step::Began(run.0));
                    let _open = gate.acquire().await;
                    let _ = run.1.send(Step::Finished(run.0));
                    Ok::<_, Infallible>(Value::Null)
                }
            }
        };
        let handler = handle.host("thing").unwrap();
        let within = Duration::from_secs(10);
        tokio::time::timeout(within, async {
            let invocation = handler(Bytes::from("{}"), Context::default());
            let Either::Right((began, invocation)) =
                select(invocation, Box::pin(steps.recv())).await
            else {
                panic!("it waits for the gate");
            };
            assert_eq!(began, Some(Step::Began(1)));
            drop(invocation);
            assert_eq!(steps.recv().await, Some(Step::Gone(1)), "it is stopped");

            gate.add_permits(2);
            let again = handler(Bytes::from("{}"), Context::default()).await;
            assert_eq!(again.unwrap(), Value::Null);
            for step in [Step::Began(2), Step::Finished(2), Step::Gone(2)] {
                assert_eq!(steps.recv().await, Some(step));
            }
        })
        .await
        .unwrap();
    }
}
