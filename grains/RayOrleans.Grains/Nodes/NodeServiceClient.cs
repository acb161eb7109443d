using Orleans.Runtime;
using Orleans.Runtime.Services;

namespace RayOrleans.Grains;

/// <summary>References to the nodes' services by silo. Thread-safe.</summary>
internal sealed class NodeServiceClient(IServiceProvider services) : GrainServiceClient<INodeService>(services)
{
    public INodeService For(SiloAddress silo) => GetGrainService(silo);
}
