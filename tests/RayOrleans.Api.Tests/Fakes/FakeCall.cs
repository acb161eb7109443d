namespace RayOrleans.Api.Tests.Fakes;

/// <summary>What a fake runtime was asked to run.</summary>
/// <param name="Kind">The member that was called.</param>
/// <param name="Result">The type argument of that member.</param>
/// <param name="Call">The call.</param>
/// <param name="Packer">What its arguments were.</param>
internal sealed record FakeCall(string Kind, Type Result, RemoteCall Call, FakePacker Packer)
{
    public CallShape Shape => Call.Invocation.Shape;
}
