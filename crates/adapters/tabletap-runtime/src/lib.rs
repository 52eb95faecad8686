//! What all functions share: logs, configuration, AWS clients, randomness, the frame of HTTP handlers, replies, batches. It knows nothing of restaurants.

pub mod aws;
pub mod batch;
pub mod clock;
pub mod config;
pub mod frame;
pub mod logs;
pub mod mqtt;
pub mod random;
pub mod reply;
pub mod viewer;

pub use config::{AgentConfig, ConfigError, Env};
