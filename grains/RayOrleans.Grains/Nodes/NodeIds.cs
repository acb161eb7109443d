using System.IO.Hashing;
using System.Text;
using Orleans.Runtime;

namespace RayOrleans.Grains;

/// <summary>
/// The id of the node on a silo: a hash of the silo's address with its generation, so every silo can compute it for every other before they
/// have spoken, and a silo that starts again has another one.
/// </summary>
internal static class NodeIds
{
    public static NodeId Of(SiloAddress silo) => new(XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(silo.ToParsableString())));
}
