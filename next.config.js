/** @type {import('next').NextConfig} */
export default {
  poweredByHeader: false,
  reactStrictMode: true,
  // No page has pictures to be made smaller: so nobody gets to ask for that.
  images: { unoptimized: true },
  // Native and server-only packages: the interface imports none of them, and must not start to.
  serverExternalPackages: ['pg'],
};
