/** @type {import('next').NextConfig} */
export default {
  poweredByHeader: false,
  reactStrictMode: true,
  // Native and server-only packages: the interface imports none of them, and must not start to.
  serverExternalPackages: ['pg'],
};
