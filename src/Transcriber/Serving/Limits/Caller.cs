using System.Net;
using System.Net.Sockets;
using Ssl.Transcriber.Serving.Keys;

namespace Ssl.Transcriber.Serving.Limits;

/// <summary>Who a request is counted for: the holder of a key, or an address.</summary>
/// <param name="Name">Different for every key and address.</param>
readonly record struct Caller(string Name, LimitOptions Limits)
{
    const int NetworkBytes = 8; // of an IPv6 address: a customer has a /64 at least

    /// <param name="key">Null: an anonymous caller.</param>
    public static Caller Of(ApiKey? key, IPAddress? address, KeyRing ring) =>
        key is not null ? new Caller("key " + key.Name, key.Limits) : new Caller("address " + Network(address), ring.Anonymous);

    static string Network(IPAddress? address)
    {
        if (address is not { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false })
            return $"{(address?.IsIPv4MappedToIPv6 == true ? address.MapToIPv4() : address)}";
        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, NetworkBytes, bytes.Length - NetworkBytes);
        return $"{new IPAddress(bytes)}/{8 * NetworkBytes}";
    }
}
