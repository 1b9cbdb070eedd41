using System.Net;
using System.Net.Sockets;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Transcriber.Serving.Keys;

namespace Ssl.Transcriber.Serving.Limits;

/// <summary>Who a request is counted for: the holder of a key, or an address.</summary>
/// <param name="Name">Different for every key and address.</param>
readonly record struct Caller(string Name, LimitOptions Limits)
{
    /// <param name="key">Null: an anonymous caller.</param>
    public static Caller Of(ApiKey? key, IPAddress? address, KeyRing ring) =>
        key is not null ? new Caller("key " + key.Name, key.Limits) : new Caller("address " + Network(address), ring.Anonymous);

    static string Network(IPAddress? address)
    {
        var network = address is null ? null : ClientNetwork.Of(address);
        return network?.AddressFamily == AddressFamily.InterNetworkV6 ? $"{network}/{ClientNetwork.Bits}" : $"{network}";
    }
}
