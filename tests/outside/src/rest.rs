//! `/api/bikes`: who may ride lists the bikes of a shed, `?shed=north`, and adds one, `{"shed": "north"}`.

use crate::bike::{Bikes, in_shed};
use http::{Method, Request, Response, StatusCode};
use maitred::{Api, Caller, ClientError, Command, Error, Kind, RequestBody, params};
use serde::Deserialize;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use tower::Service;

type Answer = Response<String>;

/// The service of one shard.
pub fn bikes(
    api: Api<Bikes>,
) -> impl Service<
    Request<RequestBody>,
    Response = Answer,
    Error = Infallible,
    Future = Pin<Box<dyn Future<Output = Result<Answer, Infallible>>>>,
> + Clone
+ 'static {
    tower::service_fn(move |request| {
        let api = api.clone();
        Box::pin(async move { Ok(answer(api, request).await.unwrap_or_else(refused)) }) as _
    })
}

async fn answer(api: Api<Bikes>, request: Request<RequestBody>) -> Result<Answer, Error> {
    #[derive(Deserialize)]
    struct New {
        shed: String,
    }
    let caller = Caller::of(&request);
    let rider = api.identify(&caller)?;
    match *request.method() {
        Method::GET => {
            let shed = caller.query.strip_prefix("shed=").unwrap_or("").to_owned();
            let all = api.read(move |db| in_shed(db, &shed)).await?;
            Ok(Response::new(serde_json::to_string(&all)?))
        }
        Method::POST => {
            let body = request.into_body().bytes().await;
            let body = body.map_err(|_| invalid("the body did not come"))?;
            let New { shed } = serde_json::from_slice(&body).map_err(|_| invalid("no bike"))?;
            let by = Command::new().by(rider.subject.unwrap_or_default());
            let added = "INSERT INTO bike(shed) VALUES (?1) RETURNING id";
            let id = api.write(by, move |tx| {
                tx.one(added, params![shed], |r| r.get::<i64>(0))
            });
            Ok(Response::new(id.await?.to_string()))
        }
        _ => Err(Error::client(
            Kind::MethodNotAllowed,
            "METHOD_NOT_ALLOWED",
            "GET or POST",
        )),
    }
}

fn invalid(text: &'static str) -> ClientError {
    ClientError::new(Kind::Invalid, "INVALID", text)
}

fn refused(error: Error) -> Answer {
    let error = error.into_client();
    let mut answer = Response::new(error.text.to_string());
    *answer.status_mut() = StatusCode::from_u16(error.kind.status()).expect("a status of HTTP");
    answer
}
