using System.Net;
using System.Net.Sockets;

namespace Ssl.Shared.Foundation.Hosting;

/// <summary>What counts as one client without a key.</summary>
public static class ClientNetwork
{
    /// <summary>Bits of an IPv6 address: a customer has a /64 at least.</summary>
    public const int Bits = 64;

    /// <summary>An IPv4 address as it is, of an IPv6 address the network.</summary>
    public static IPAddress Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, Bits / 8, bytes.Length - Bits / 8);
        return new IPAddress(bytes);
    }
}
