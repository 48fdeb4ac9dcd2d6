import ArgumentParser
import Foundation

/// Where a site is to be put, and the file by which that host is told what headers to send.
enum StaticHost: String, CaseIterable, ExpressibleByArgument {
  case netlify, cloudflare, vercel, nginx, apache, caddy
  case gitHubPages = "github-pages"

  /// - Parameter hashed: the names of files that never change their content.
  /// - Returns: the file's name and text.
  func file(hashed: [String]) throws -> (name: String, text: String) {
    let hashed = hashed.sorted()
    switch self {
    case .netlify, .cloudflare:
      func block(_ path: String, _ headers: [(String, String)]) -> String {
        ([path] + headers.map { "  \($0.0): \($0.1)" }).joined(separator: "\n") + "\n"
      }
      let blocks = [block("/*", Isolation.headers)] + hashed.map { block("/\($0)", [Self.immutable]) }
      return ("_headers", blocks.joined(separator: "\n"))
    case .vercel:
      let rules =
        [Rule(source: "/(.*)", Isolation.headers)]
        + hashed.map { Rule(source: "/\($0)", [Self.immutable]) }
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      let json = try encoder.encode(["headers": rules])
      return ("vercel.json", String(decoding: json, as: UTF8.self) + "\n")
    case .gitHubPages:
      // Its generator would leave out what begins with an underscore.
      return (".nojekyll", "")
    case .apache: return (".htaccess", Self.apache(hashed))
    case .nginx: return ("webble-nginx.conf", Self.nginx(hashed))
    case .caddy:
      return (
        "Caddyfile",
        """
        # Put the site's name in place of the port, and the folder that holds this file in place of the dot.
        :8080 {
          root * .
          header {
        \(Isolation.headers.map { "    \($0.0) \"\($0.1)\"\n" }.joined())\
          }
        \(hashed.map { "  header /\($0) \(Self.immutable.0) \"\(Self.immutable.1)\"\n" }.joined())\
          @own path /Caddyfile
          respond @own 404
          file_server {
            precompressed br gzip
          }
        }

        """
      )
    }
  }

  private static func apache(_ hashed: [String]) -> String {
    var lines = [
      "# Wants mod_headers and mod_mime; for compressed files mod_rewrite, too.",
      "AddType application/wasm .wasm", "AddType text/javascript .js .mjs",
    ]
    lines += Isolation.headers.map { "Header always set \($0.0) \"\($0.1)\"" }
    for name in hashed {
      lines += [
        "<Files \"\(name)\">", "  Header always set \(immutable.0) \"\(immutable.1)\"", "</Files>",
      ]
    }
    lines += ["<IfModule mod_rewrite.c>", "  RewriteEngine On"]
    let encodings = [("br", "br"), ("gzip", "gz")]
    for (encoding, suffix) in encodings {
      lines += [
        "  RewriteCond %{HTTP:Accept-Encoding} \(encoding)",
        "  RewriteCond %{REQUEST_FILENAME}.\(suffix) -f",
        "  RewriteRule ^(.+)$ $1.\(suffix) [L]",
      ]
    }
    lines += ["</IfModule>"]
    for (encoding, suffix) in encodings {
      lines += [
        "<FilesMatch \"\\.\(suffix)$\">", "  RemoveEncoding .\(suffix)",
        "  Header set Content-Encoding \(encoding)", "  Header append Vary Accept-Encoding",
        "</FilesMatch>",
      ]
    }
    let types = [
      ("wasm", "application/wasm"), ("m?js", "text/javascript"), ("css", "text/css"),
      ("html", "text/html"), ("json", "application/json"), ("svg", "image/svg+xml"),
    ]
    for (suffix, type) in types {
      lines += ["<FilesMatch \"\\.\(suffix)\\.(br|gz)$\">", "  ForceType \(type)", "</FilesMatch>"]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func nginx(_ hashed: [String]) -> String {
    let headers = Isolation.headers.map { "add_header \($0.0) \"\($0.1)\" always;" }
    var lines = ["# Within the block of the server: include /path/to/the/site/webble-nginx.conf;"]
    lines += headers + ["gzip_static on;", "# Where its module is installed: brotli_static on;"]
    lines += ["location ~ \\.wasm$ {", "  types { application/wasm wasm; }", "}"]
    lines += ["location ~ \\.mjs$ {", "  types { text/javascript mjs; }", "}"]
    lines += ["location ~ /webble-nginx\\.conf$ {", "  return 404;", "}"]
    for name in hashed {
      let type = name.hasSuffix(".wasm") ? "application/wasm wasm" : "text/javascript js"
      // Before the patterns above; and a block that adds a header inherits none.
      lines += ["location = /\(name) {", "  types { \(type); }"]
      lines += headers.map { "  " + $0 }
      lines += ["  add_header \(immutable.0) \"\(immutable.1)\" always;", "}"]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static let immutable = ("Cache-Control", "public, max-age=31536000, immutable")

  private struct Rule: Encodable {
    struct Header: Encodable {
      var key: String
      var value: String
    }
    var source: String
    var headers: [Header]

    init(source: String, _ headers: [(String, String)]) {
      self.source = source
      self.headers = headers.map { Header(key: $0.0, value: $0.1) }
    }
  }
}
