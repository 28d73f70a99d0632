// A pretend identity provider for one machine and for tests: the certified `oidc-provider`, at Pro Santé Connect's own
// paths, with people who do not exist. Run by channels/practice/pretend/running.py, in a folder where npm put the package.
//
// Reads one line of JSON: {client_id, client_secret, redirect_uris, post_logout_redirect_uris, signed_userinfo}.
// Writes one line of JSON: {issuer, authorization}. Ends when its input ends, so it never outlives whoever started it.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

const HOST = '127.0.0.1';
const REALM = '/auth/realms/esante-wallet';
const BELOW = `${REALM}/protocol/openid-connect`;
const identities = JSON.parse(readFileSync(new URL('identities.json', import.meta.url), 'utf8'));
const bySub = new Map(identities.map((one) => [one.claims.sub, one.claims]));
const claimNames = [...new Set(identities.flatMap((one) => Object.keys(one.claims)))].filter((name) => name !== 'sub');

const input = createInterface({ input: process.stdin });
input.on('close', () => process.exit(0));
input.once('line', (line) => start(JSON.parse(line)));

async function start(given) {
  const { Provider } = await import('oidc-provider');
  const server = createServer();
  await new Promise((ready) => { server.listen(0, HOST, ready); });
  const site = `http://${HOST}:${server.address().port}`;
  const provider = new Provider(site + REALM, settings(given));
  provider.on('server_error', (_, error) => console.error(error));
  server.on('request', answers(provider));
  console.log(JSON.stringify({ issuer: site + REALM, authorization: `${site}/auth` }));
}

function settings(given) {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  return {
    clients: [{
      client_id: given.client_id,
      client_secret: given.client_secret,
      redirect_uris: given.redirect_uris,
      post_logout_redirect_uris: given.post_logout_redirect_uris,
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
      ...(given.signed_userinfo ? { userinfo_signed_response_alg: 'RS256' } : {}),
    }],
    jwks: { keys: [{ ...key, use: 'sig', alg: 'RS256', kid: randomBytes(8).toString('hex') }] },
    scopes: ['openid', 'scope_all'],
    acrValues: ['eidas1'],
    claims: { openid: ['sub'], scope_all: claimNames, acr: null, auth_time: null },
    pkce: { required: () => true },
    routes: {
      authorization: '/auth',
      token: `${BELOW}/token`,
      userinfo: `${BELOW}/userinfo`,
      jwks: `${BELOW}/certs`,
      end_session: `${BELOW}/logout`,
    },
    features: {
      devInteractions: { enabled: false },
      jwtUserinfo: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource, postLogoutSuccessSource },
    },
    ttl: { AccessToken: 120, AuthorizationCode: 60, IdToken: 120, Session: 14400, Interaction: 900, Grant: 14400 },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, sub) => bySub.has(sub) && { accountId: sub, claims: () => bySub.get(sub) },
    renderError,
    async loadExistingGrant(ctx) {
      const { client, session, provider } = ctx.oidc;
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid scope_all');
      await grant.save();
      return grant;
    },
  };
}

function answers(provider) {
  const certified = provider.callback();
  return async (request, response) => {
    try {
      if (request.url === `${REALM}/.well-known/wallet-openid-configuration`) {
        request.url = '/.well-known/openid-configuration';
      }
      if (request.url.startsWith('/interaction/')) {
        await interaction(provider, request, response);
      } else {
        certified(request, response);
      }
    } catch (error) {
      send(response, 400, failure(error.error ?? error.name));
    }
  };
}

async function interaction(provider, request, response) {
  await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    send(response, 200, chooser());
    return;
  }
  const who = new URLSearchParams(await body(request)).get('who');
  const chosen = identities.find((one) => one.key === who);
  const result = chosen
    ? { login: { accountId: chosen.claims.sub, acr: 'eidas1', amr: ['ecps'], remember: true } }
    : { error: 'access_denied', error_description: 'cancelled' };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

async function body(request) {
  let text = '';
  for await (const part of request) {
    text += part;
    if (text.length > 10_000) throw new Error('too long');
  }
  return text;
}

function send(response, status, html) {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(html);
}

// What people see. Our own words and drawings: nothing here may look like the real service.

const STYLE = `
  :root { color-scheme: light dark; --ground: #fff7e6; --ink: #221b0e; --line: #8a5a00; --card: #fff; }
  @media (prefers-color-scheme: dark) { :root { --ground: #201a10; --ink: #f6efe0; --line: #e8b84f; --card: #2b2417; } }
  body { margin: 0; padding: 1.5rem 1rem; background: var(--ground); color: var(--ink); font: 1.15rem/1.5 system-ui, sans-serif; }
  main { max-width: 34rem; margin: auto; }
  .trial { padding: .6rem .9rem; border: 3px dashed var(--line); font-weight: 700; }
  h1 { font-size: 1.4rem; line-height: 1.3; }
  button { display: block; width: 100%; min-height: 3rem; margin: .6rem 0; padding: .5rem .9rem; border: 2px solid var(--line);
    border-radius: .4rem; background: var(--card); color: var(--ink); font: inherit; text-align: left; cursor: pointer; }
  button small { display: block; }
  :focus-visible { outline: 4px solid #8a2be2; outline-offset: 3px; }`;

function safe(text) {
  return String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function page(title, content) {
  return `<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – Essai</title><link rel="icon" href="data:,"><style>${STYLE}</style></head>
<body><main><p class="trial">Essai&nbsp;: ce n’est pas Pro Santé Connect. Personne ici n’existe.</p>
<h1>${title}</h1>
${content}
</main></body></html>`;
}

function chooser() {
  const people = identities.map((one) =>
    `<button name="who" value="${safe(one.key)}"><strong>${safe(one.label)}</strong><small>${safe(one.hint)}</small></button>`);
  return page('Qui voulez-vous être&nbsp;?', `<form method="post">${people.join('\n')}
<button name="who" value="">Annuler</button></form>`);
}

function failure(code) {
  return page('Cette page ne peut pas s’ouvrir', `<p>Revenez à la page de Camille, et recommencez.</p>
<p><small>${safe(code)}</small></p>`);
}

function logoutSource(ctx, form) {
  ctx.body = page('Se déconnecter de tous vos outils&nbsp;?', `${form}
<button type="submit" form="op.logoutForm" name="logout" value="yes">Oui, me déconnecter</button>
<button type="submit" form="op.logoutForm">Non, rester connecté</button>`);
}

function postLogoutSuccessSource(ctx) {
  ctx.body = page('Vous êtes déconnecté', '<p>Vous pouvez fermer cette page.</p>');
}

function renderError(ctx, out) {
  ctx.type = 'html';
  ctx.body = failure(out.error);
}
