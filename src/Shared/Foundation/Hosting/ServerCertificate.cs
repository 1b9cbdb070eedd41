using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Ssl.Shared.Foundation.Settings;

namespace Ssl.Shared.Foundation.Hosting;

/// <summary>The server's certificate from PEM files, which may be replaced while it serves. Thread-safe.</summary>
sealed class ServerCertificate
{
    readonly string path;
    readonly string? keyPath;
    volatile SslStreamCertificateContext current;
    byte[] read; // hash of the files as they were last tried

    ServerCertificate(string path, string? keyPath)
    {
        (this.path, this.keyPath) = (path, keyPath);
        read = Hash();
        current = Read();
    }

    public X509Certificate2 Current => current.TargetCertificate;

    /// <exception cref="InvalidSettingException">Names the file and what is wrong with it.</exception>
    public static ServerCertificate Load(string path, string? keyPath)
    {
        try
        {
            return new ServerCertificate(path, keyPath);
        }
        catch (Exception e) when (IsFault(e))
        {
            var key = keyPath is null ? "" : $" with {HttpOptions.Section}:{nameof(HttpOptions.CertificateKey)} '{keyPath}'";
            throw new InvalidSettingException($"{HttpOptions.Section}:{nameof(HttpOptions.Certificate)} '{path}'{key}: {e.Message}");
        }
    }

    public void Serve(HttpsConnectionAdapterOptions https)
    {
        https.ServerCertificateSelector = (_, _) => Current;
        https.OnAuthenticate = (_, handshake) =>
        {
            handshake.ServerCertificateSelectionCallback = null; // it would leave out the intermediate certificates
            handshake.ServerCertificateContext = current;
        };
    }

    /// <summary>True: the files have changed, and the new certificate serves from now on. Called by one thread.</summary>
    /// <param name="fault">Why a changed file is not used; said once, the certificate before stays.</param>
    public bool TryReload(out string? fault)
    {
        fault = null;
        try
        {
            var now = Hash();
            if (now.AsSpan().SequenceEqual(read))
                return false;
            read = now;
            current = Read();
            return true;
        }
        catch (Exception e) when (IsFault(e))
        {
            fault = $"{path}: {e.Message}";
            return false;
        }
    }

    SslStreamCertificateContext Read()
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPemFile(path);
        return SslStreamCertificateContext.Create(
            X509Certificate2.CreateFromPemFile(path, keyPath), [.. all.Skip(1)], offline: true);
    }

    byte[] Hash() => SHA256.HashData([.. File.ReadAllBytes(path), .. keyPath is null ? [] : File.ReadAllBytes(keyPath)]);

    static bool IsFault(Exception e) => e is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException;
}
