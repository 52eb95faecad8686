//! MQTT topics: three per agent, its thing name in each, so the IoT policy needs no list.

use tabletap_domain::ThingName;

/// Print jobs, to the agent.
#[must_use]
pub fn down(thing: &ThingName) -> String {
    format!("tt/{thing}/down")
}

/// Reports, from the agent.
#[must_use]
pub fn up(thing: &ThingName) -> String {
    format!("tt/{thing}/up")
}

/// The agent's retained state, and its will.
#[must_use]
pub fn state(thing: &ThingName) -> String {
    format!("tt/{thing}/state")
}
