const service = process.env.STABLEVPS_BASE_URL;

export default {
  /** The service beside the page, as one origin. */
  rewrites: async () =>
    ["/api/v1/:path*", "/_simulator/:path*"].map((source) => ({
      source,
      destination: service + source,
    })),
};
