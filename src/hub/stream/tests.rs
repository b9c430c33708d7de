mod kinds;

use super::*;
use crate::hub::outbox::{Bound, Outbox, Pushed};
use crate::patience::PATIENCE;
use std::sync::Arc;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpSocket};
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig, crypto};
use tokio_rustls::{TlsAcceptor, TlsConnector, client};

const FRAME: usize = 2000;

/// Both ends of a TCP connection whose sockets hold little: the client's, and the server's.
async fn tcp_pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(8 << 10).expect("small");
    let address = listener.local_addr().expect("an address");
    let (tcp, accepted) = tokio::join!(socket.connect(address), listener.accept());
    let (tcp, (accepted, _)) = (tcp.expect("connected"), accepted.expect("accepted"));
    socket2::SockRef::from(&accepted)
        .set_send_buffer_size(8 << 10)
        .expect("small");
    (tcp, accepted)
}

/// Both ends of a TLS connection whose sockets hold little.
async fn pair() -> (Stream, client::TlsStream<TcpStream>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("made");
    let provider = Arc::new(crypto::ring::default_provider());
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let server = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a certificate");
    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).expect("trusted");
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();

    let (tcp, accepted) = tcp_pair().await;
    let name = ServerName::try_from("localhost").expect("a name");
    let connector = TlsConnector::from(Arc::new(client));
    let acceptor = TlsAcceptor::from(Arc::new(server));
    let (client, server) = tokio::join!(connector.connect(name, tcp), acceptor.accept(accepted));
    let server = Tls::from(server.expect("TLS"));
    (Stream::Tls(Box::new(server)), client.expect("TLS"))
}

fn frame(n: u8) -> Bytes {
    Bytes::from(vec![n; FRAME])
}

/// Reads so many frames and says their contents.
async fn heard(client: &mut client::TlsStream<TcpStream>, frames: usize) -> Vec<u8> {
    let mut bytes = vec![0; frames * FRAME];
    let all = client.read_exact(&mut bytes);
    let all = tokio::time::timeout(PATIENCE, all).await;
    all.expect("in time").expect("whole");
    let whole = |frame: &[u8]| frame.iter().all(|b| *b == frame[0]).then_some(frame[0]);
    let frames = bytes.chunks(FRAME).map(whole);
    frames.collect::<Option<_>>().expect("whole frames")
}

/// Writes frames until the socket is full, and returns how many that were. The last is in the cipher's hands.
fn fill(stream: &Stream) -> usize {
    (0..=u8::MAX)
        .position(|n| match stream.write(&frame(n)) {
            Written::All => false,
            Written::Part(taken) => {
                assert_eq!(taken, FRAME, "the cipher takes a frame");
                true
            }
            Written::Failed => panic!("failed"),
        })
        .expect("a socket has an end")
        + 1
}

#[tokio::test]
async fn what_the_cipher_holds_is_sent_though_nothing_follows_it() {
    let (stream, mut client) = pair().await;
    let frames = fill(&stream);
    let mut outbox = Outbox::new(Arc::default());
    assert!(
        !outbox.write_to(&stream).expect("open").1,
        "all is sent already"
    );
    let write = async {
        loop {
            stream.writable().await.expect("open");
            if outbox.write_to(&stream).expect("open").1 {
                break;
            }
        }
    };
    let ((), heard) = tokio::join!(write, heard(&mut client, frames));
    let sent: Vec<u8> = (0..frames as u8).collect();
    assert_eq!(heard, sent);
}

#[tokio::test]
async fn what_waits_behind_the_cipher_comes_after_it() {
    let (stream, mut client) = pair().await;
    let first = fill(&stream);
    let mut outbox = Outbox::new(Arc::default());
    let bound = Bound {
        bytes: 1 << 20,
        frames: 1000,
    };
    for n in first..256 {
        assert_eq!(
            outbox.push(frame(n as u8), false, None, bound),
            Pushed::Waits
        );
    }
    let write = async {
        loop {
            stream.writable().await.expect("open");
            if outbox.write_to(&stream).expect("open").1 {
                break;
            }
        }
    };
    let ((), heard) = tokio::join!(write, heard(&mut client, 256));
    assert_eq!(heard, (0..=u8::MAX).collect::<Vec<_>>());
}
