use super::*;
use proptest::prelude::*;

/// A packet in words, to compare.
fn read(text: &str) -> Result<String, Malformed> {
    let Packet {
        namespace,
        body,
        attachments,
    } = Packet::decode(text)?;
    let list = |a: &Arguments<'_>| {
        let all: Vec<&str> = a.iter().map(|a| a.get()).collect();
        all.join(" ")
    };
    Ok(match body {
        Body::Connect(data) => format!("connect {namespace} {}", data.map_or("-", RawValue::get)),
        Body::Disconnect => format!("disconnect {namespace}"),
        Body::Event {
            id,
            name,
            arguments,
        } => format!(
            "event {namespace} {id:?} {attachments} {name} {}",
            list(&arguments)
        ),
        Body::Misnamed { id, why } => format!("misnamed {namespace} {id:?} {attachments} {why}"),
        Body::Ack { id, arguments } => {
            format!("ack {namespace} {id} {attachments} {}", list(&arguments))
        }
    })
}

/// The packets of the protocol's text.
#[test]
fn packets_of_the_protocols_text() {
    for (text, said) in [
        ("0", "connect / -"),
        (r#"0{"token":"123"}"#, r#"connect / {"token":"123"}"#),
        ("0/custom,", "connect /custom -"),
        ("0/random", "connect /random -"),
        (r#"0/admin,{"sid":"o"}"#, r#"connect /admin {"sid":"o"}"#),
        ("0/admin?token=1,", "connect /admin -"),
        ("1/admin,", "disconnect /admin"),
        ("1", "disconnect /"),
        (r#"2["hello",1]"#, "event / None 0 hello 1"),
        (
            r#"2/admin,456["project:delete",123]"#,
            "event /admin Some(456) 0 project:delete 123",
        ),
        ("3/admin,456[]", "ack /admin 456 0 "),
        (
            r#"51-["hello",{"_placeholder":true,"num":0}]"#,
            r#"event / None 1 hello {"_placeholder":true,"num":0}"#,
        ),
        (
            r#"51-/admin,456["project:delete",{"_placeholder":true,"num":0}]"#,
            r#"event /admin Some(456) 1 project:delete {"_placeholder":true,"num":0}"#,
        ),
        (
            r#"61-/admin,456[{"_placeholder":true,"num":0}]"#,
            r#"ack /admin 456 1 {"_placeholder":true,"num":0}"#,
        ),
        (
            r#"2["a\"b",["c",{"d":null}]]"#,
            r#"event / None 0 a"b ["c",{"d":null}]"#,
        ),
    ] {
        assert_eq!(read(text).as_deref(), Ok(said), "{text}");
    }
}

#[test]
fn what_is_no_packet_is_refused() {
    let endless = format!(r#"2["x"{}]"#, ",1".repeat(300));
    let long = format!("2/{},[\"x\"]", "n".repeat(300));
    for text in [
        "",
        "abc",
        "7",
        "2",
        "2{}",
        "2[]",
        "2[\"x\"",
        "2[\"x\"] ,",
        "2abc[\"message-with-ack\"]",
        "21234567890123456[\"x\"]",
        "2[\"connect\"]",
        "2[\"disconnecting\"]",
        "0[]",
        "0\"x\"",
        "05{}",
        "1{}",
        "17",
        "3[]",
        "3/admin,[]",
        "34{}",
        "4{\"message\":\"x\"}",
        "5[\"x\"]",
        "5-[\"x\"]",
        "5x-[\"x\"]",
        "533-[\"x\"]",
        "599999999999999999999-[\"x\"]",
        "51-[\"x\",{\"_placeholder\":true,\"num\":1}]",
        "51-[\"x\",{\"_placeholder\":true,\"num\":-1}]",
        "51-[\"x\",[{\"a\":{\"num\":9,\"_placeholder\":true}}]]",
        "51-[\"x\",{\"_placeholder\":true}]",
        "6[]",
        &endless,
        &long,
    ] {
        assert!(read(text).is_err(), "{text}");
    }
    let deep = format!("51-[\"x\",{}{}]", "[".repeat(5_000), "]".repeat(5_000));
    assert!(read(&deep).is_err(), "deeper than anybody reads");
}

#[test]
fn what_the_server_says() {
    fn args(a: &[&'static str]) -> impl Iterator<Item = &'static str> {
        a.iter().copied()
    }
    assert_eq!(
        event("/", None, "a\"b", args(&["1", "{}"]), 0),
        r#"42["a\"b",1,{}]"#
    );
    assert_eq!(
        event("/orders", Some(7), "x", args(&[]), 2),
        r#"452-/orders,7["x"]"#
    );
    assert_eq!(ack("/", 12, args(&["1", "\"2\""]), 0), r#"4312[1,"2"]"#);
    assert_eq!(ack("/custom", 0, args(&[]), 1), "461-/custom,0[]");
    assert_eq!(connect("/", "s", None), r#"40{"sid":"s"}"#);
    assert_eq!(
        connect("/orders", "s", Some("p")),
        r#"40/orders,{"sid":"s","pid":"p"}"#
    );
    assert_eq!(
        connect_error("/random", "Invalid namespace", None),
        r#"44/random,{"message":"Invalid namespace"}"#
    );
    assert_eq!(
        connect_error("/", "no", Some(r#"{"code":1}"#)),
        r#"44{"message":"no","data":{"code":1}}"#
    );
    assert_eq!(disconnect("/orders"), "41/orders,");
}

proptest! {
    #[test]
    fn an_event_comes_back(
        namespace in "/[a-z]{0,8}", id in prop::option::of(0_u64..1_000_000), name in "[^\u{0}]{1,20}",
        numbers in prop::collection::vec(any::<i32>(), 0..5), texts in prop::collection::vec(".{0,10}", 0..3),
        attachments in 0_usize..3,
    ) {
        prop_assume!(!RESERVED.contains(&&*name));
        let mut arguments: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        arguments.extend(texts.iter().map(|t| serde_json::to_string(t).expect("JSON")));
        let text = event(&namespace, id, &name, arguments.iter().map(String::as_str), attachments);
        let packet = Packet::decode(&text[1..]).expect("a packet");
        prop_assert_eq!(&*packet.namespace, &*namespace);
        prop_assert_eq!(packet.attachments, attachments);
        let Body::Event { id: found, name: called, arguments: given } = packet.body else { panic!() };
        prop_assert_eq!((found, &*called), (id, &*name));
        let given: Vec<String> = given.iter().map(|a| a.get().to_owned()).collect();
        prop_assert_eq!(given, arguments);
    }

    #[test]
    fn a_strangers_text_never_panics(
        text in ".{0,100}",
        like in "[0-6][0-9]{0,3}-?(/[a-z]{0,3},?)?[0-9]{0,17}[\\[{]?\"?[a-z_]{0,5}\"?[,:]?[\\]}]?",
    ) {
        for text in [&text, &like] {
            let _ = Packet::decode(text);
        }
    }
}

#[test]
fn a_name_that_is_none_is_no_malformed_packet() {
    let none = "an event's name is a string";
    let long = format!("2[\"{}\"]", "a".repeat(NAME_BYTES + 1));
    for (text, said) in [
        ("2[7,1]", format!("misnamed / None 0 {none}")),
        ("2/a,3[null]", format!("misnamed /a Some(3) 0 {none}")),
        (r#"2[{"a":1}]"#, format!("misnamed / None 0 {none}")),
        (r#"2["\ud800"]"#, format!("misnamed / None 0 {none}")),
        (
            r#"51-[7,{"_placeholder":true,"num":0}]"#,
            format!("misnamed / None 1 {none}"),
        ),
        (
            &long,
            "misnamed / None 0 an event's name has at most 256 bytes".to_owned(),
        ),
    ] {
        assert_eq!(read(text), Ok(said), "{text}");
    }
    for text in ["2[]", "2{}", "2", r#"2["connect"]"#] {
        read(text).expect_err(text);
    }
}
