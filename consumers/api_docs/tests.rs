use crate::openapi::{Mounted, System, openapi};
use crate::vocabularies::systems;
use serde_json::Value;
use std::collections::BTreeSet;

/// Where the documents have the services.
fn documented() -> Vec<Mounted> {
    let mounted = |system: &System| Mounted {
        interface: system.interface.to_owned(),
        origin: format!("http://localhost:{}", system.port),
    };
    systems().iter().map(mounted).collect()
}

/// `GET orders/*` for each of a service's paths, as its table has them.
fn served(system: &System) -> BTreeSet<String> {
    let table = system.service.table.iter();
    let all = table.flat_map(|(path, methods)| {
        let methods = methods.iter().map(|(method, _)| method.as_str());
        methods.map(move |method| format!("{method} {path}"))
    });
    all.collect()
}

/// `GET orders/*` for each of the paths of a service's contract.
fn promised(system: &System) -> BTreeSet<String> {
    let contract = serde_json::to_value((system.contract)()).unwrap();
    let paths = contract["paths"].as_object().unwrap().iter();
    let all = paths.flat_map(|(path, item)| {
        let keyed = |part: &str| if part.starts_with('{') { "*" } else { part }.to_owned();
        let path: Vec<_> = path.trim_start_matches('/').split('/').map(keyed).collect();
        let path = path.join("/");
        let methods = item.as_object().unwrap().keys();
        methods.map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    all.collect()
}

#[test]
fn what_is_served_is_promised_and_nothing_else() {
    for system in systems() {
        assert_eq!(served(&system), promised(&system), "{}", system.interface);
    }
}

#[test]
fn every_interface_that_can_be_mounted_has_a_contract() {
    let known: BTreeSet<&str> = systems().iter().map(|system| system.interface).collect();
    for interface in crate::registry().interfaces() {
        assert!(
            known.contains(interface)
                || [super::rest::NAME, "screens", "demo"].contains(&interface),
            "{interface} is in no vocabulary"
        );
    }
}

#[test]
fn every_port_is_one_of_routing_toml() {
    let routing = include_str!("../../routing.toml");
    for system in systems() {
        let port = format!(":{}\"", system.port);
        let mounted = routing.split("[[listener]]").filter(|part| {
            let rest = part.lines().find(|line| line.starts_with("rest = "));
            rest.is_some_and(|rest| rest.contains(&format!("\"{}\"", system.interface)))
        });
        let mut mounted = mounted.peekable();
        assert!(
            mounted.peek().is_some(),
            "{} is not mounted",
            system.interface
        );
        // the screens' origin has most of them besides
        assert!(
            mounted.any(|listener| listener.contains(&port)),
            "{}",
            system.interface
        );
    }
}

#[test]
fn two_types_of_one_name_are_one_type() {
    let mut seen: Vec<(String, Value)> = Vec::new();
    for system in systems() {
        let contract = serde_json::to_value((system.contract)()).unwrap();
        let schemas = contract["components"]["schemas"].as_object().unwrap();
        for (name, schema) in schemas {
            match seen.iter().find(|(other, _)| other == name) {
                Some((_, other)) => assert_eq!(schema, other, "{name} in {}", system.interface),
                None => seen.push((name.clone(), schema.clone())),
            }
        }
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_operation_has_a_name() {
    let document = serde_json::to_value(openapi(&systems(), &documented())).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|value| references(value, found));
            }
            Value::Array(all) => all.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    references(&document, &mut found);
    for reference in found {
        let pointer = reference.strip_prefix('#').expect("within the document");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    let mut names = BTreeSet::new();
    for item in document["paths"].as_object().unwrap().values() {
        assert!(item["servers"][0]["url"].is_string(), "{item}");
        for (method, operation) in item.as_object().unwrap() {
            if method != "servers" {
                let name = operation["operationId"].as_str().expect("a name");
                assert!(names.insert(name.to_owned()), "two are called {name}");
            }
        }
    }
}

#[test]
fn paths_of_two_services_do_not_meet() {
    let document = serde_json::to_value(openapi(&systems(), &documented())).unwrap();
    let paths = document["paths"].as_object().unwrap().len();
    let of_systems: usize = systems().iter().map(|s| s.service.table.len()).sum();
    // and /healthz, /readyz, /metrics
    assert_eq!(paths, of_systems + 3);
}
