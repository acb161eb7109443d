using Microsoft.Extensions.Options;

namespace RayOrleans;

/// <summary>Refuses options that a host's own node cannot have.</summary>
internal sealed class NodeOptionsValidator : IValidateOptions<RayOptions>
{
    public ValidateOptionsResult Validate(string? name, RayOptions options) =>
        options.Address is null
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{nameof(RayOptions)}: {nameof(options.Address)} is \"{options.Address}\", but {nameof(RayOrleansHostingExtensions.AddRayOrleansNode)} runs a node of this host's own. " +
                $"Leave it out, or use {nameof(RayOrleansHostingExtensions.AddRayOrleansClient)} to join that cluster.");
}
