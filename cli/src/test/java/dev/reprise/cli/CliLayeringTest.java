package dev.reprise.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.reprise", importOptions = ImportOption.DoNotIncludeTests.class)
final class CliLayeringTest {
  @ArchTest
  static final ArchRule ONLY_THE_CLI_KNOWS_THE_SERVICES =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.reprise.cli..", "dev.reprise.extractor..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.reprise.extractor..");

  @ArchTest
  static final ArchRule ONLY_THE_CLI_KNOWS_INFERENCE =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.reprise.cli..", "dev.reprise.inference..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.reprise.inference..");

  @ArchTest
  static final ArchRule ONLY_THE_CLI_KNOWS_THE_API =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.reprise.cli..", "dev.reprise.api..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.reprise.api..");

  @ArchTest
  static final ArchRule NOBODY_KNOWS_THE_CLI =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.reprise.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.reprise.cli..");

  @ArchTest
  static final ArchRule MODULES_ARE_FREE_OF_CYCLES =
      slices().matching("dev.reprise.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule PACKAGES_OF_THE_CLI_ARE_FREE_OF_CYCLES =
      slices().matching("dev.reprise.cli.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule COMMANDS_ARE_WIRED_ABOVE_THEIR_PARTS =
      noClasses()
          .that()
          .resideInAPackage("dev.reprise.cli.*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.reprise.cli");
}
