/** The nonce of this page's content security policy, for what makes style elements. */
export function nonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
}

// The lock of scrolling under a drawer makes a style element of its own and asks for the nonce by this name.
(globalThis as { __webpack_nonce__?: string }).__webpack_nonce__ = nonce();
