namespace RayOrleans.Serialization.Tests.Values;

internal sealed class ModuloComparer(int modulus) : IEqualityComparer<int>
{
    public bool Equals(int x, int y) => x % modulus == y % modulus;

    public int GetHashCode(int obj) => obj % modulus;
}
