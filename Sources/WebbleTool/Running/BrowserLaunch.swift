import Foundation
import Subprocess
import SystemPackage

/// How to start a browser without a window, without questions, and with nothing of the user's.
struct BrowserLaunch {
  var program: URL
  var arguments: [String]
  var environment: [Environment.Key: String?]

  /// `folder` is an empty one that the browser may use as it likes.
  init(_ engine: Engine, url: String, folder: URL) throws {
    program = try engine.requiredProgram()
    environment = ["TMPDIR": folder.path]
    let isRoot = geteuid() == 0
    switch engine {
    case .chromium:
      arguments =
        [
          "--headless=new", "--disable-gpu", "--user-data-dir=\(folder.path)/profile",
          "--no-first-run", "--no-default-browser-check", "--disable-background-networking",
          "--disable-component-update", "--disable-default-apps", "--disable-extensions",
          "--disable-sync", "--disable-breakpad", "--disable-background-timer-throttling",
          "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows",
          // Containers often have a /dev/shm of 64 MB, too small for a page.
          "--disable-dev-shm-usage", "--password-store=basic", "--use-mock-keychain",
        ] + (isRoot ? ["--no-sandbox"] : []) + [url]
    case .firefox:
      let profile = folder.appending(path: "profile")
      try FileManager.default.createDirectory(at: profile, withIntermediateDirectories: true)
      try Data(Self.firefoxPreferences.utf8).write(to: profile.appending(path: "user.js"))
      environment["HOME"] = folder.path
      environment["MOZ_CRASHREPORTER_DISABLE"] = "1"
      arguments = ["--headless", "--no-remote", "--profile", profile.path, url]
    case .webkit:
      guard let display = findExecutable(named: "xvfb-run") else { throw engine.missing }
      arguments = ["-a", program.path, url]
      program = display
      for name: Environment.Key in [
        "HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR",
      ] {
        environment[name] = folder.path
      }
      // JavaScriptCore hides SharedArrayBuffer without it, isolated or not.
      environment["JSC_useSharedArrayBuffer"] = "1"
      environment["LIBGL_ALWAYS_SOFTWARE"] = "1"
      environment["WEBKIT_DISABLE_DMABUF_RENDERER"] = "1"
      environment["NO_AT_BRIDGE"] = "1"
      environment["WAYLAND_DISPLAY"] = String?.none
      if isRoot { environment["WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS"] = "1" }
    case .node, .deno, .bun:
      preconditionFailure("\(engine) is not a browser")
    }
  }

  private static let firefoxPreferences = """
    user_pref("app.normandy.enabled", false);
    user_pref("app.update.enabled", false);
    user_pref("browser.aboutwelcome.enabled", false);
    user_pref("browser.safebrowsing.downloads.enabled", false);
    user_pref("browser.safebrowsing.malware.enabled", false);
    user_pref("browser.safebrowsing.phishing.enabled", false);
    user_pref("browser.sessionstore.resume_from_crash", false);
    user_pref("browser.shell.checkDefaultBrowser", false);
    user_pref("browser.startup.homepage_override.mstone", "ignore");
    user_pref("browser.startup.page", 0);
    user_pref("datareporting.healthreport.uploadEnabled", false);
    user_pref("datareporting.policy.dataSubmissionEnabled", false);
    user_pref("dom.max_script_run_time", 0);
    user_pref("extensions.update.enabled", false);
    user_pref("network.captive-portal-service.enabled", false);
    user_pref("network.connectivity-service.enabled", false);
    user_pref("termsofuse.bypassNotification", true);
    user_pref("toolkit.telemetry.enabled", false);
    user_pref("toolkit.telemetry.reportingpolicy.firstRun", false);
    user_pref("trailhead.firstrun.didSeeAboutWelcome", true);

    """
}
