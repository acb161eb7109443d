namespace RayOrleans.Runtime.Processes;

/// <summary>A bundle on its way.</summary>
internal sealed record BundleTerms(double Cpu, double Gpu, long Memory, Dictionary<string, double> Resources, Dictionary<string, string> Labels)
{
    public static BundleTerms Of(Bundle bundle) => new(bundle.Cpu, bundle.Gpu, bundle.Memory, new(bundle.Resources), new(bundle.LabelSelector));

    public Bundle ToBundle() => new(Cpu, Gpu, Memory, Resources, Labels);
}
