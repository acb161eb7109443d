using System.Collections.Immutable;
using System.Net;
using System.Reflection;
using Orleans.Metadata;
using Orleans.Runtime.Placement;

namespace RayOrleans.Grains.Tests;

/// <summary>Where a local scheduler is placed while the silo's own knowledge of the others is behind.</summary>
public sealed class NodePlacementTests
{
    private static readonly SiloAddress Wanted = SiloAddress.New(IPAddress.Loopback, 11111, 1);

    private SiloStatus _status = SiloStatus.Active;
    private SiloAddress[] _compatible = [];
    private ClusterManifest _manifest = ManifestOf();
    private Action? _asked;

    [Fact]
    public async Task MemberThatHasNotSaidWhatItTakes_IsWaitedFor()
    {
        int asked = 0;
        _asked = () =>
        {
            if (++asked == 3)
            {
                (_compatible, _manifest) = ([Wanted], ManifestOf(Wanted));
            }
        };

        Assert.Equal(Wanted, await PlaceAsync());
        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task MemberThatDiesMeanwhile_IsNotWaitedFor()
    {
        _asked = () => _status = SiloStatus.Dead;

        await Assert.ThrowsAsync<NodeNotFoundException>(PlaceAsync);
    }

    [Fact]
    public async Task MemberThatTakesNoNodes_IsRefusedAtOnce()
    {
        _manifest = ManifestOf(Wanted);

        await Assert.ThrowsAsync<NodeNotFoundException>(PlaceAsync);
    }

    private Task<SiloAddress> PlaceAsync()
    {
        NodePlacementDirector director = new(
            Stub.Of<ISiloStatusOracle>(nameof(ISiloStatusOracle.GetApproximateSiloStatus), () =>
            {
                _asked?.Invoke();
                return _status;
            }),
            Stub.Of<IClusterManifestProvider>("get_" + nameof(IClusterManifestProvider.Current), () => _manifest));
        PlacementTarget target = new(GrainId.Create("node", Wanted.ToParsableString()), [], GrainInterfaceType.Create("node"), 0);
        return director.OnAddActivation(NodePlacementStrategy, target, Stub.Of<IPlacementContext>(nameof(IPlacementContext.GetCompatibleSilos), () => _compatible));
    }

    private static readonly Orleans.Runtime.PlacementStrategy NodePlacementStrategy = new NodePlacement();

    private static ClusterManifest ManifestOf(params SiloAddress[] silos) => new(
        new MajorMinorVersion(1, 0),
        silos.ToImmutableDictionary(static s => s, static _ => new GrainManifest(ImmutableDictionary<GrainType, GrainProperties>.Empty, ImmutableDictionary<GrainInterfaceType, GrainInterfaceProperties>.Empty)));

    /// <summary>An interface of which one member is called.</summary>
    public class Stub : DispatchProxy
    {
        private string _member = "";
        private Func<object> _answer = null!;

        public static T Of<T>(string member, Func<object> answer)
            where T : class
        {
            T stub = Create<T, Stub>();
            ((Stub)(object)stub)._member = member;
            ((Stub)(object)stub)._answer = answer;
            return stub;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name == _member ? _answer() : throw new NotSupportedException($"{targetMethod.Name} is not expected.");
    }
}
