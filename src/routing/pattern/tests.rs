use super::*;
use proptest::prelude::*;
use serde::Deserialize;

fn pattern(text: &str) -> Pattern {
    Pattern::parse(text).unwrap_or_else(|e| panic!("{text}: {e:?}"))
}

/// `order_id=5 name=x`, or `-` for a path that does not fit.
fn show(params: Option<Params>) -> String {
    let Some(params) = params else {
        return "-".into();
    };
    let show = |(name, param): &(Arc<str>, Param)| match param {
        Param::Int(n) => format!("{name}={n}"),
        Param::Text(text) => format!("{name}={text:?}"),
    };
    params.iter().map(show).collect::<Vec<_>>().join(" ")
}

#[test]
fn paths() {
    let order = "/ws/orders/<int:order_id>/items/";
    let table = "/t/<number>/<str:guest>";
    for (text, path, expected) in [
        (order, "/ws/orders/5/items/", "order_id=5"),
        (order, "/ws/orders/5/items", "order_id=5"),
        (order, "/ws/orders/007/items/", "order_id=7"),
        (order, "/ws/orders/0/items/", "order_id=0"),
        (order, "/%77s/orders/%35/items/", "order_id=5"),
        (
            order,
            "/ws/orders/9223372036854775807/items/",
            "order_id=9223372036854775807",
        ),
        (order, "/ws/orders/9223372036854775808/items/", "-"),
        (order, "/ws/orders/00000000000000000001/items/", "-"),
        (order, "/ws/orders/-5/items/", "-"),
        (order, "/ws/orders/+5/items/", "-"),
        (order, "/ws/orders/%2B5/items/", "-"),
        (order, "/ws/orders/5.0/items/", "-"),
        (order, "/ws/orders/٥/items/", "-"),
        (order, "/ws/orders//items/", "-"),
        (order, "/ws/orders/5//items/", "-"),
        (order, "/ws/orders/5/items//", "-"),
        (order, "//ws/orders/5/items/", "-"),
        (order, "ws/orders/5/items/", "-"),
        (order, "/ws/orders/5/items/x", "-"),
        (order, "/ws/orders/5", "-"),
        (order, "/WS/orders/5/items/", "-"),
        (order, "/ws/orders/5/items/?a=b", "-"),
        (order, "", "-"),
        (table, "/t/5/Ann%20B/", r#"number="5" guest="Ann B""#),
        (table, "/t/a%2Fb/c+d", r#"number="a/b" guest="c+d""#),
        (table, "/t/%E6%9D%B1/ä", r#"number="東" guest="ä""#),
        (table, "/t/%/x", "-"),
        (table, "/t/%4/x", "-"),
        (table, "/t/%zz/x", "-"),
        (table, "/t/%+1/x", "-"),
        (table, "/t/%FF/x", "-"),
        (table, "/t/5", "-"),
        ("/", "/", ""),
        ("/", "//", "-"),
        ("/", "", "-"),
        ("/", "/a", "-"),
        ("/東/", "/%E6%9D%B1", ""),
    ] {
        assert_eq!(show(pattern(text).matches(path)), expected, "{text} {path}");
    }
}

#[test]
fn mistakes() {
    for (text, offset, message) in [
        ("", 0, r#"a path begins with "/""#),
        ("ws/", 0, r#"a path begins with "/""#),
        ("//", 1, "an empty segment"),
        ("/ws//x", 4, "an empty segment"),
        ("/ws/x//", 6, "an empty segment"),
        ("/ws/<int:id", 4, r#""<" without ">""#),
        ("/ws/<int:id>x", 12, "a parameter fills a whole segment"),
        ("/ws/x<int:id>", 5, "a parameter fills a whole segment"),
        ("/ws/a b", 5, r#"" " cannot stand in a path"#),
        ("/ä?x", 3, r#""?" cannot stand in a path"#),
        ("/a%20b", 2, r#"no "%": write the characters themselves"#),
        ("/a/../b", 3, r#"".." never arrives: clients resolve it"#),
        (
            "/ws/<itn:id>",
            5,
            r#"unknown kind "itn": <int:name>, <id:name>, <str:name> or <name>"#,
        ),
        (
            "/ws/<>",
            5,
            r#""" is not a name: letters, digits and "_", no digit first"#,
        ),
        (
            "/ws/<int:1a>",
            9,
            r#""1a" is not a name: letters, digits and "_", no digit first"#,
        ),
        ("/ws/<int:id>/<id>", 13, r#"a second parameter named "id""#),
    ] {
        let message = message.to_owned();
        let error = Pattern::parse(text).unwrap_err();
        assert_eq!(error, PatternError { offset, message }, "{text}");
    }
    assert!(Pattern::parse(&"/a".repeat(32)).is_ok());
    assert!(Pattern::parse(&"/a".repeat(33)).is_err());
    assert!(pattern("/a").matches(&"/a".repeat(33)).is_none());
}

#[test]
fn an_id_is_a_number_or_a_name() {
    let what = |segment: &str| {
        let params = pattern("/<id:x>").matches(&format!("/{segment}"))?;
        Some(params[0].1.clone())
    };
    let name = |text: &str| Some(Param::Text(text.to_owned()));
    assert_eq!(what("5"), Some(Param::Int(5)));
    assert_eq!(what("007"), Some(Param::Int(7)));
    for text in [
        "order-123",
        "11111111-1111-1111-1111-111111111111",
        "A_1",
        "5a",
    ] {
        assert_eq!(what(text), name(text));
    }
    assert_eq!(what(&"a".repeat(64)), name(&"a".repeat(64)));
    for odd in [
        "-1",
        "_x",
        "+5",
        "a.b",
        "a%20b",
        "a%2fb",
        "99999999999999999999",
        "%C3%A9",
        "..",
        "a'b",
    ] {
        assert_eq!(what(odd), None, "{odd}");
    }
    assert_eq!(what(&"a".repeat(65)), None);
}

#[test]
fn shadows() {
    for (earlier, later, expected) in [
        ("/a/<int:x>/", "/a/<int:y>", true),
        ("/a/<x>/", "/a/<int:y>", true),
        ("/a/<x>/", "/a/b", true),
        ("/a/<int:x>/", "/a/5", true),
        ("/a/<int:x>/", "/a/b", false),
        ("/a/<id:x>/", "/a/<int:y>", true),
        ("/a/<id:x>/", "/a/<id:y>", true),
        ("/a/<id:x>/", "/a/b", true),
        ("/a/<id:x>/", "/a/-b", false),
        ("/a/<id:x>/", "/a/<y>", false),
        ("/a/<x>/", "/a/<id:y>", true),
        ("/a/<int:x>/", "/a/<id:y>", false),
        ("/a/b", "/a/<id:y>", false),
        ("/a/<int:x>/", "/a/<y>", false),
        ("/a/b", "/a/<y>", false),
        ("/a/5", "/a/<int:y>", false),
        ("/a/<x>/", "/a/<x>/b", false),
        ("/<x>/b", "/a/<y>", false),
        ("/", "/", true),
        ("/a/", "/a", true),
    ] {
        assert_eq!(
            pattern(earlier).shadows(&pattern(later)),
            expected,
            "{earlier} {later}"
        );
    }
    assert!(pattern("/a/<int:x>/").same_paths(&pattern("/a/<int:y>")));
    assert!(!pattern("/a/<x>/").same_paths(&pattern("/a/<int:y>")));
}

#[derive(Debug, PartialEq, Deserialize)]
struct TableId(u32);

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum View {
    Full,
    Short,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Everything {
    order_id: i64,
    name: String,
    limit: Option<i64>,
    tax: Option<f64>,
    live: Option<bool>,
    view: Option<View>,
    table: Option<TableId>,
    since: Option<u64>,
    token: Option<String>,
}

fn read<T: serde::de::DeserializeOwned>(query: &str) -> Result<T, String> {
    let params = pattern("/<int:order_id>/<name>/").matches("/5/Ann/");
    deserialize(&params.unwrap(), query, None)
}

#[test]
fn an_auth_payload_counts_before_the_query() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Who {
        restaurant: i64,
        role: Option<String>,
        quick: bool,
        tags: Vec<String>,
    }
    let pattern = Pattern::parse("/socket.io/").expect("a pattern");
    let params = pattern.matches("/socket.io/").expect("matches");
    let auth = r#"{"restaurant":"7","role":null,"quick":true,"tags":["a"],"token":"t","pid":"p"}"#;
    let who: Result<Who, _> = deserialize(&params, "restaurant=3&role=x&EIO=4", Some(auth));
    let expected = Who {
        restaurant: 7,
        role: None,
        quick: true,
        tags: vec!["a".into()],
    };
    assert_eq!(who, Ok(expected));
}

#[test]
fn structs_from_path_and_query() {
    let nothing = Everything {
        order_id: 5,
        name: "Ann".into(),
        limit: None,
        tax: None,
        live: None,
        view: None,
        table: None,
        since: None,
        token: None,
    };
    let all = Everything {
        limit: Some(-3),
        tax: Some(0.07),
        live: Some(true),
        view: Some(View::Short),
        table: Some(TableId(7)),
        ..read("").unwrap()
    };
    assert_eq!(read(""), Ok(nothing));
    let query = "limit=-3&tax=0.07&live=1&view=short&table=7&unknown=x&&flag";
    assert_eq!(read::<Everything>(query), Ok(all));
    let ours_and_the_paths = "since=9&token=secret&%74oken=secret&order_id=6&name=Bob";
    assert_eq!(read::<Everything>(ours_and_the_paths), read(""));
    assert_eq!(
        read::<Everything>("limit=x&limit=4").unwrap().limit,
        Some(4)
    );
    assert_eq!(read::<()>("limit=4"), Ok(()));

    #[derive(Debug, PartialEq, Deserialize)]
    struct Texts {
        order_id: String,
        q: String,
    }
    let texts = |q: &str| {
        Ok(Texts {
            order_id: "5".into(),
            q: q.into(),
        })
    };
    assert_eq!(read("q=a+b%20c%2Bd"), texts("a b c+d"));
    assert_eq!(read("q=%E6%9D%B1"), texts("東"));
    assert_eq!(read("q=50%&q=50%"), texts("50%"));
    assert_eq!(read("q=%ff"), texts("\u{FFFD}"));
    assert_eq!(read("q=a=b"), texts("a=b"));
    assert_eq!(read("q"), texts(""));
}

#[test]
fn errors_name_the_parameter() {
    for (query, expected) in [
        ("limit=x", r#"parameter "limit": expected a whole number"#),
        ("limit=", r#"parameter "limit": expected a whole number"#),
        ("live=yes", r#"parameter "live": expected true or false"#),
        (
            "view=half",
            r#"parameter "view": unknown variant `half`, expected `full` or `short`"#,
        ),
        (
            "table=-1",
            r#"parameter "table": expected a whole number of at most 32 bits, not negative"#,
        ),
    ] {
        assert_eq!(read::<Everything>(query).unwrap_err(), expected);
    }
    let none = deserialize::<Everything>(&Params::new(), "name=x", None).unwrap_err();
    assert_eq!(none, "missing field `order_id`");
}

/// A pattern's segment and one that fits it.
fn segment() -> impl Strategy<Value = (String, String, bool)> {
    let escaped = |text: &str| {
        text.bytes()
            .map(|b| format!("%{b:02x}"))
            .collect::<String>()
    };
    prop_oneof![
        "[a-z0-9._~-]{1,8}x".prop_map(|s| (s.clone(), s, false)),
        "[a-z0-9]{1,8}".prop_map(move |s| (s.clone(), escaped(&s), false)),
        (0..=i64::MAX).prop_map(|n| ("int".into(), n.to_string(), true)),
        "\\PC{1,8}".prop_map(move |s| ("str".into(), escaped(&s), true)),
    ]
}

proptest! {
    #[test]
    fn a_path_made_from_a_pattern_fits_it(
        segments in prop::collection::vec(segment(), 0..8), slash: bool, path_slash: bool
    ) {
        let (mut text, mut path) = (String::new(), String::new());
        for (i, (part, fitting, is_param)) in segments.iter().enumerate() {
            text += &if *is_param { format!("/<{part}:p{i}>") } else { format!("/{part}") };
            path += &format!("/{fitting}");
        }
        if slash || text.is_empty() { text += "/"; }
        if path_slash || path.is_empty() { path += "/"; }
        let pattern = Pattern::parse(&text).unwrap();
        let params = pattern.matches(&path).unwrap();
        prop_assert!(pattern.same_paths(&pattern));
        prop_assert_eq!(pattern.as_str(), &text);
        let mut params = params.into_iter();
        for (i, (kind, fitting, _)) in segments.iter().enumerate().filter(|(_, s)| s.2) {
            let (name, param) = params.next().unwrap();
            prop_assert_eq!(&*name, format!("p{i}"));
            match param {
                Param::Int(n) => prop_assert_eq!((kind.as_str(), n.to_string()), ("int", fitting.clone())),
                Param::Text(t) => {
                    let again: String = t.bytes().map(|b| format!("%{b:02x}")).collect();
                    prop_assert_eq!((kind.as_str(), &again), ("str", fitting));
                }
            }
        }
        prop_assert!(params.next().is_none());
        let (one_more, one_before) = (format!("{path}/"), format!("/{path}"));
        prop_assert_eq!(pattern.matches(&one_more).is_some(), !path.ends_with('/'));
        prop_assert!(pattern.matches(&one_before).is_none());
    }

    #[test]
    fn what_a_shadowing_pattern_swallows(
        kinds in prop::collection::vec((0..5usize, 0..5usize, prop::sample::select(vec!["7", "a", "b", "*"])), 1..4)
    ) {
        let text = |i: usize, kind: usize| match kind {
            0 => "/7".to_owned(), 1 => "/a".to_owned(), 2 => format!("/<int:p{i}>"), 3 => format!("/<id:p{i}>"), _ => format!("/<p{i}>"),
        };
        let earlier: String = kinds.iter().enumerate().map(|(i, k)| text(i, k.0)).collect();
        let later: String = kinds.iter().enumerate().map(|(i, k)| text(i, k.1)).collect();
        let path: String = kinds.iter().map(|k| format!("/{}", k.2)).collect();
        let (earlier, later) = (pattern(&earlier), pattern(&later));
        if earlier.shadows(&later) && later.matches(&path).is_some() {
            prop_assert!(earlier.matches(&path).is_some());
        }
    }

    #[test]
    fn nothing_a_stranger_sends_panics(bytes: Vec<u8>, text: String, path in "/?[<>:/%a-f0-9_int]{0,40}") {
        let bytes = String::from_utf8_lossy(&bytes);
        for text in [&*bytes, &text, &path] {
            if let Err(e) = Pattern::parse(text) {
                prop_assert!(text.is_char_boundary(e.offset), "{text:?} {e:?}");
            }
            for p in ["/", "/<a>", "/<int:a>/<b>/", "/ws/<int:a>", "/<id:a>"] {
                let _ = pattern(p).matches(text);
                let _ = pattern(p).matches(&format!("/{text}"));
            }
            let _ = deserialize::<Everything>(&Params::new(), text, Some(text));
            prop_assert!(query_pairs(text).count() <= text.len());
        }
    }
}
