"""The official Python SDK as a client of the local Stripe, and as the judge of its signatures.

    node tests/stripe/webhook-cases.mjs --judge SECRET SECOND | .venv/bin/python tests/stripe/client.py API_BASE API_KEY TOKEN SECRET SECOND
"""

import http.server
import json
import sys
import threading
import time
import urllib.request

import stripe

base, key, token, secret, second = sys.argv[1:]
client = stripe.StripeClient(key, base_addresses={"api": base}, max_network_retries=0)
sessions, refunds = client.v1.checkout.sessions, client.v1.refunds
arrived = []


class Endpoint(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        arrived.append((body, self.headers["stripe-signature"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def refused(call, kind, **expected):
    try:
        call()
    except kind as error:
        for name, value in expected.items():
            assert getattr(error, name) == value, (name, getattr(error, name), value)
        return
    raise AssertionError(f"not refused with {kind.__name__}")


def pay(session, outcome):
    body = json.dumps({"session": session, "outcome": outcome}).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{base}/local/stripe/pay", body, {"x-tabletap-token": token})) as answer:
        return json.load(answer)


def verifies(body, header, secrets):
    for one in secrets:
        try:
            return stripe.WebhookSignature.verify_header(body, header, one, 300)
        except (stripe.SignatureVerificationError, ValueError, AttributeError):
            continue
    return False


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
threading.Thread(target=server.serve_forever, daemon=True).start()
endpoint = client.v1.webhook_endpoints.create({"url": f"http://127.0.0.1:{server.server_port}/hook", "enabled_events": ["*"]})

order = {
    "mode": "payment",
    "client_reference_id": "ord_python",
    "success_url": "http://shop.example/back?s={CHECKOUT_SESSION_ID}",
    "metadata": {"order_id": "ord_python"},
    "line_items": [
        {"quantity": 3, "price_data": {"currency": "pen", "unit_amount": 2490, "product_data": {"name": "Clásica"}}},
    ],
}
once = {"idempotency_key": f"python-{time.time_ns()}"}
session = sessions.create(order, once)
assert session.amount_total == 7470
again = sessions.create(order, once)
assert (again.id, again.last_response.headers["idempotent-replayed"]) == (session.id, "true")
refused(lambda: sessions.create({**order, "client_reference_id": "x"}, once), stripe.IdempotencyError, http_status=400)
refused(lambda: sessions.retrieve("cs_test_none"), stripe.InvalidRequestError, code="resource_missing", http_status=404)
refused(lambda: sessions.create({**order, "mode": "setup"}), stripe.InvalidRequestError, param="mode")
nobody = stripe.StripeClient("sk_test_nobody", base_addresses={"api": base}, max_network_retries=0)
refused(lambda: nobody.v1.checkout.sessions.retrieve(session.id), stripe.AuthenticationError)
read = sessions.retrieve(session.id, {"expand": ["line_items"]})
assert read.line_items.data[0].description == "Clásica"
assert [line.quantity for line in sessions.line_items.list(session.id).auto_paging_iter()] == [3]
gone = sessions.create(order)
assert sessions.expire(gone.id).status == "expired"
refused(lambda: sessions.expire(gone.id), stripe.InvalidRequestError)

assert pay(session.id, "declined")["redirect"] is None
assert pay(session.id, "paid")["redirect"].endswith(session.id)
paid = sessions.retrieve(session.id, {"expand": ["payment_intent.latest_charge"]})
intent = paid.payment_intent
assert (paid.payment_status, intent.amount_received, intent.latest_charge.paid) == ("paid", 7470, True)
assert refunds.create({"payment_intent": intent.id, "amount": 470}).status == "succeeded"
refused(lambda: refunds.create({"payment_intent": intent.id, "amount": 7001}), stripe.InvalidRequestError, param="amount")
assert refunds.create({"payment_intent": intent.id}).amount == 7000
refused(lambda: refunds.create({"payment_intent": intent.id}), stripe.InvalidRequestError, code="charge_already_refunded")

wanted = {"checkout.session.completed", "checkout.session.expired", "payment_intent.payment_failed", "charge.refunded"}
until = time.time() + 20
while True:
    events = [stripe.Webhook.construct_event(body, header, endpoint.secret) for body, header in list(arrived)]
    if wanted <= {event.type for event in events}:
        break
    assert time.time() < until, f"not all events came: {[event.type for event in events]}"
    time.sleep(0.02)
body, header = arrived[0]
assert not verifies(body + b" ", header, [endpoint.secret])
client.v1.webhook_endpoints.delete(endpoint.id)

# The cases for our own endpoint. This SDK refuses a second time in one header, as we do, and accepts a time that is ahead.
DIFFERS = {"more than five minutes ahead": True, "hexadecimal digits in capitals": False}
cases = json.load(sys.stdin)
for case in cases:
    header = next((value for name, value in case["headers"].items() if name.lower() == "stripe-signature"), None)
    expected = DIFFERS.get(case["name"], case["status"] == 200)
    assert verifies(case["body"], header, [secret, second]) == expected, case["name"]
print(f"{len(arrived)} deliveries verified, {len(cases)} cases judged")
