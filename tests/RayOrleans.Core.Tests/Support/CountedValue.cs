namespace RayOrleans.Core.Tests;

/// <summary>A value with storage to give back. The engine asks for it by an effect and never does it itself.</summary>
internal sealed class CountedValue : IOwnedValue
{
    public void Dispose() => throw new InvalidOperationException("The engine disposed of a value itself.");
}
